import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Effects, Inbox, KnownStates, Logger, StateKeys, WorkQueue } from '../domain/contracts.ts';
import type { Delivery, DeliverySource } from '../domain/delivery.ts';
import { AntError } from '../domain/errors.ts';
import { createMeasure } from '../domain/measure.ts';
import { DURATION_BUCKETS_MS } from '../domain/metric-kinds.ts';
import type { Reading } from '../domain/observation.ts';
import { startCollector } from './collector.ts';

const SILENT: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => SILENT };
const measure = createMeasure({
  durationBucketsMs: DURATION_BUCKETS_MS,
  stepDurations: false,
  priceRules: [],
});

function delivery(payload: string, source: DeliverySource = 'webhook'): Delivery {
  return { guid: payload, event: 'workflow_dispatch', action: '', source, receivedAtMs: 0, payload };
}

/** A dispatch of the workflow that the payload names; `bad` can't be read. */
function observe({ payload: workflow, source }: Delivery): Reading {
  if (workflow === 'bad') throw new TypeError('unreadable');
  return { observation: { kind: 'dispatch', source, observedAtMs: 0, repository: 'o/r', workflow } };
}

/** A collector on a store that tells which way deliveries went; without a context it ends by itself. */
function open(
  context: TestContext | null,
  {
    write = () => undefined,
    load = async () => ({ jobs: [], runs: [], forgottenBeforeMs: null }),
    commit = async () => undefined,
  }: {
    readonly write?: (effects: Effects) => void;
    readonly load?: (keys: StateKeys) => Promise<KnownStates>;
    readonly commit?: () => Promise<void>;
  } = {},
) {
  const atOnce: string[] = [];
  const queued: string[] = [];
  const waiting: Delivery[] = [];
  const queue: WorkQueue & Inbox = {
    async accept(deliveries) {
      queued.push(...deliveries.map(({ payload }) => payload));
      return deliveries.map(() => 'accepted');
    },
    async acceptProcessed(deliveries, process) {
      const outcomes = deliveries.map(({ guid }) => (guid === 'seen' ? 'duplicate' : 'accepted'));
      const effects = process(outcomes);
      write(effects);
      atOnce.push(...effects.increments.map(({ labels }) => String(labels[1])));
      return outcomes;
    },
    lease: async () => waiting.splice(0).map((each, id) => ({ ...each, id, attempts: 0 })),
    load,
    heldJobs: async () => [],
    commit,
  };
  const collector = startCollector({
    ...{ queue, observe, measure, sampling: () => [], clock: Date.now, logger: SILENT },
    ...{ batchSize: 10, atOnce: 5, maxAttempts: 3 },
  });
  context?.after(() => collector.close());
  return { collector, atOnce, queued, waiting };
}

test('what GitHub sends, and is new, is processed in the transaction that accepts it', async (context) => {
  const { collector, atOnce, queued } = open(context);
  const outcomes = await collector.accept([delivery('a'), delivery('seen'), delivery('b')]);
  assert.deepEqual(outcomes, ['accepted', 'duplicate', 'accepted']);
  assert.deepEqual([atOnce, queued], [['a', 'b'], []]);
  assert.ok(Date.now() - Number(collector.lastProcessedAtMs) < 60_000);
});

test('what was fetched, or handed in again, goes through the queue, where attempts are counted', async (context) => {
  const { collector, atOnce, queued } = open(context);
  for (const source of ['redelivery', 'api', 'replay'] as const) {
    await collector.accept([delivery('a'), delivery(source, source)]);
  }
  assert.deepEqual([atOnce, queued], [[], ['a', 'redelivery', 'a', 'api', 'a', 'replay']]);
});

test('a burst goes through the queue', async (context) => {
  const { collector, atOnce, queued } = open(context);
  await collector.accept(Array.from({ length: 6 }, (_, number) => delivery(`${number}`)));
  assert.deepEqual([atOnce.length, queued.length], [0, 6]);
});

test('a delivery that cannot be read, or whose changes cannot be written, makes no other fail: all go through the queue', async (context) => {
  function write({ increments }: Effects): void {
    if (increments.some(({ labels }) => labels[1] === 'poison')) throw new RangeError('not storable');
  }
  for (const payload of ['bad', 'poison']) {
    const { collector, atOnce, queued } = open(context, { write });
    assert.deepEqual(await collector.accept([delivery('a'), delivery(payload)]), ['accepted', 'accepted']);
    assert.deepEqual([atOnce, queued], [[], ['a', payload]]);
  }
});

test('a store that is out of order refuses them', async (context) => {
  const { collector, queued } = open(context, {
    write() {
      throw new AntError('store_unavailable', 'disk full');
    },
  });
  await assert.rejects(collector.accept([delivery('a')]), { code: 'store_unavailable' });
  assert.deepEqual(queued, []);
});

test('no state is read for what arrives while a batch of the queue is between its reading and its writing', async (context) => {
  const steps: string[] = [];
  const writing = Promise.withResolvers<void>();
  const { collector, waiting } = open(context, {
    async load() {
      steps.push('load');
      return { jobs: [], runs: [], forgottenBeforeMs: null };
    },
    async commit() {
      steps.push('commit');
      await writing.promise;
      steps.push('committed');
    },
  });
  waiting.push(delivery('queued', 'api'));
  collector.wake();
  while (!steps.includes('commit')) await nextTurn();
  const accepted = collector.accept([delivery('a')]);
  await nextTurn();
  writing.resolve();
  await accepted;
  assert.deepEqual(steps, ['load', 'commit', 'committed', 'load']);
});
