import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { SILENT } from '../../test/fixtures/logger.ts';
import { DOMAIN } from '../domain/catalogue.ts';
import type { WorkQueue } from '../domain/contracts.ts';
import type { Delivery, DeliverySource } from '../domain/delivery.ts';
import { AntError } from '../domain/errors.ts';
import { NO_HISTORY } from '../domain/history.ts';
import { createMeasure } from '../domain/measure.ts';
import { DURATION_BUCKETS_MS } from '../domain/metric.ts';
import type { ObservationResult } from '../domain/observation.ts';
import type { Effects } from '../domain/transaction.ts';
import { Collector } from './collector.ts';

const NOTHING = { jobs: [], runs: [], deployments: [], reviews: [] };

const measure = createMeasure({
  durationBucketsMs: DURATION_BUCKETS_MS,
  stepDurations: false,
  priceRules: [],
});

function delivery(payload: string, source: DeliverySource = 'webhook'): Delivery {
  return { guid: payload, event: 'workflow_dispatch', action: '', source, receivedAtMs: 0, payload };
}

/** A dispatch of the workflow named in the payload; `bad` can't be read. */
function observe({ payload: workflow, source }: Delivery): ObservationResult {
  if (workflow === 'bad') throw new TypeError('unreadable');
  return { observation: { kind: 'dispatch', source, observedAtMs: 0, repository: 'o/r', workflow } };
}

const RULES = { observe, measure, sampling: () => [], record: () => NO_HISTORY, costOf: () => 0 };

/** A collector on a store that records which way deliveries took; `write` may refuse the result. */
function open(context: TestContext, write: (effects: Effects) => void = () => undefined) {
  const atOnce: string[] = [];
  const queued: string[] = [];
  const processed: number[] = [];
  const queue: WorkQueue = {
    async process(source, _, decide) {
      const arrived = 'arrived' in source ? source.arrived : assert.fail('nothing waits');
      const outcomes = arrived.map(({ guid }) => (guid === 'seen' ? 'duplicate' : 'accepted'));
      const changes = decide(outcomes, { ...NOTHING, forgottenBeforeMs: null }, 0);
      if (changes.queued.length === 0) write(changes);
      queued.push(...changes.queued.map(({ payload }) => payload));
      const dispatches = changes.increments.filter(({ metric }) => metric === DOMAIN.dispatches.name);
      atOnce.push(...dispatches.map(({ labels }) => String(labels[1])));
      return { outcomes, outbox: { endSeq: 1, settledSeq: 1 } };
    },
    lease: async () => [],
    heldJobs: async () => [],
    settlingRuns: async () => [],
  };
  const collector = new Collector({
    ...{ queue, rules: () => RULES, clock: Date.now, steady: Date.now, logger: SILENT },
    ...{ batchSize: 10, atOnce: 5, maxAttempts: 3 },
    onProcessed: (atMs) => processed.push(atMs),
  });
  context.after(() => collector.close());
  return { collector, atOnce, queued, processed };
}

test('a new delivery from GitHub is processed in the transaction that accepts it', async (context) => {
  const { collector, atOnce, queued, processed } = open(context);
  const outcomes = await collector.accept([delivery('a'), delivery('seen'), delivery('b')]);
  assert.deepEqual(outcomes, ['accepted', 'duplicate', 'accepted']);
  assert.deepEqual([atOnce, queued], [['a', 'b'], []]);
  assert.ok(Date.now() - Number(processed[0]) < 60_000);
});

test('fetched and repeated deliveries go through the queue, where attempts are counted', async (context) => {
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

test('a delivery that cannot be read or written does not fail the others: all go through the queue', async (context) => {
  function write({ increments }: Effects): void {
    if (increments.some(({ labels }) => labels[1] === 'poison')) throw new RangeError('not storable');
  }
  for (const payload of ['bad', 'poison']) {
    const { collector, atOnce, queued } = open(context, write);
    assert.deepEqual(await collector.accept([delivery('a'), delivery(payload)]), ['accepted', 'accepted']);
    assert.deepEqual([atOnce, queued], [[], ['a', payload]]);
  }
});

test('an unavailable store refuses deliveries', async (context) => {
  const { collector, queued } = open(context, () => {
    throw new AntError('store_unavailable', 'disk full');
  });
  await assert.rejects(collector.accept([delivery('a')]), { code: 'store_unavailable' });
  assert.deepEqual(queued, []);
});
