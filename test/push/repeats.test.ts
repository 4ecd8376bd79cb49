import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { EVENTS } from '../../src/domain/catalogue.ts';
import type { Store } from '../../src/domain/contracts.ts';
import type { EventSample } from '../../src/domain/event-sample.ts';
import type { Outbox } from '../../src/domain/outbox-contract.ts';
import { restartCounts, SAMPLE_METRICS, settledCounts } from '../../src/domain/outbox-counts.ts';
import { SELF } from '../../src/domain/own-metrics.ts';
import type { ReceiverProcess } from '../../src/domain/sample.ts';
import type { SendOutcome } from '../../src/domain/send-outcome.ts';
import { Dispatcher } from '../../src/push/dispatcher.ts';
import type { Receiver } from '../../src/push/receiver.ts';
import { SAMPLE_STREAM } from '../../src/push/stream.ts';
import { openSqliteStore } from '../../src/store/sqlite/store.ts';
import { CASES } from '../cases.ts';
import { LEADS } from '../fixtures/lead.ts';
import { SILENT } from '../fixtures/logger.ts';
import { cellsOf, commit } from '../store-conformance/store-case.ts';

/*
 * A receiver that forgets in every way, in memory: what was lost is sent again, and nothing is counted twice.
 */

const WINDOW_MS = 60_000;
const NOW = Date.UTC(2026, 10, 29);
const SENT: SendOutcome = { kind: 'sent' };
const RETRY: SendOutcome = { kind: 'retry', reason: 'no answer', retryAfterMs: null };

/** What the receiver does with the next request. */
const MOODS = [
  'takes',
  'fails',
  'takes and does not answer',
  'crashes',
  'takes, answers and crashes',
] as const;
type Mood = (typeof MOODS)[number];

interface World {
  nowMs: number;
  /** Of the next requests; when there are no more, all are taken. */
  readonly moods: Mood[];
  /** Since when the receiver has each value. */
  had: Map<number, number>;
  life: number;
}

function crash(world: World): void {
  world.life += 1;
  world.had = new Map([...world.had].filter(([, sinceMs]) => world.nowMs - sinceMs >= WINDOW_MS));
}

function receiverIn(world: World, poison: readonly number[]): Receiver<EventSample> {
  const take = (values: readonly number[]) => {
    for (const value of values) world.had.set(value, world.had.get(value) ?? world.nowMs);
  };
  return {
    async send(samples) {
      const values = samples.map(({ value }) => value);
      const mood = world.moods.shift() ?? 'takes';
      const count = values.length;
      if (values.some((value) => poison.includes(value)))
        return { count, outcome: { kind: 'rejected', reason: '400' } };
      if (mood.startsWith('takes')) take(values);
      if (mood.includes('crashes')) crash(world);
      return { count, outcome: mood === 'takes' || mood.includes('answers') ? SENT : RETRY };
    },
    process: async (): Promise<ReceiverProcess> => ({
      kind: 'answers',
      startedAt: String(world.life),
      isDatabase: true,
      isIdempotent: true,
    }),
    close: async () => {},
  };
}

function outboxOf({ samples }: Store): Outbox<EventSample> {
  const outbox: Partial<Outbox<EventSample>> = {
    read: samples.read,
    place: samples.place,
    settle: (each) => samples.settle(each, (settled) => settledCounts(SAMPLE_METRICS, each, settled)),
    note: (note) => samples.note(note, (count) => restartCounts(SAMPLE_METRICS, note, count)),
  };
  return outbox as Outbox<EventSample>;
}

function start(
  store: Store,
  world: World,
  poison: readonly number[],
  resendWindowMs = WINDOW_MS,
): Dispatcher<EventSample> {
  return new Dispatcher({
    sink: 'a',
    stream: SAMPLE_STREAM,
    outbox: outboxOf(store),
    receiver: receiverIn(world, poison),
    meter: { add() {} },
    clock: () => NOW,
    logger: SILENT,
    lead: LEADS,
    batchSize: 4,
    batchAgeMs: 1000,
    resendWindowMs,
    monotonic: () => world.nowMs,
    random: () => 1,
    async sleep(ms) {
      world.nowMs += ms;
      await nextTurn();
    },
  });
}

/** More than any of these worlds takes. */
const TURNS = 20_000;

/** Lets it work for some turns, or until nothing waits or is kept any more. */
async function run(dispatcher: Dispatcher<EventSample>, store: Store, turns: number | null): Promise<void> {
  for (let turn = 0; turn < (turns ?? TURNS); turn += 1) {
    const [status] = await store.samples.status();
    if (turns === null && status?.waiting === 0 && status.kept === 0) break;
    await nextTurn();
  }
  await dispatcher.handOver(0);
}

const VALUES = Array.from({ length: 30 }, (_, index) => index + 1);

/** A store in which these samples wait, each in a row of its own. */
async function storeOf(values: readonly number[]): Promise<Store> {
  const store = await openSqliteStore({ url: 'memory:', clock: () => NOW });
  await store.openSinks({ samples: ['a'], traces: [] });
  for (const value of values) {
    const labels = ['o/r', 'CI', 'build', 'x'];
    await commit(store, {
      samples: [{ metric: EVENTS.jobQueue.name, labels, value, atMs: NOW + value }],
    });
  }
  return store;
}

test('whatever a receiver forgets, and whenever we restart, it ends up with every good sample, each counted once', async () => {
  const property = fc.asyncProperty(
    fc.array(fc.constantFrom(...MOODS), { maxLength: 40 }),
    fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 5 }),
    fc.uniqueArray(fc.integer({ min: 1, max: 30 }), { maxLength: 3 }),
    async (moods, ourLives, poison) => {
      await using store = await storeOf(VALUES);
      const world: World = { nowMs: 0, moods: [...moods], had: new Map(), life: 1 };
      for (const turns of ourLives) await run(start(store, world, poison), store, turns);
      await run(start(store, world, poison), store, null);

      const good = VALUES.filter((value) => !poison.includes(value));
      assert.deepEqual(
        [...world.had.keys()].sort((a, b) => a - b),
        good,
      );
      const dead = await store.samples.dead(99);
      assert.deepEqual(
        dead.map(({ entry }) => entry.value).sort((a, b) => a - b),
        [...poison].sort((a, b) => a - b),
      );
      const cells = (await cellsOf(store)).filter(({ metric }) => metric === SELF.samples.name);
      const counts = Object.fromEntries(cells.map(({ labels, value }) => [labels[1], value]));
      assert.deepEqual([counts['sent'], counts['rejected'] ?? 0], [good.length, poison.length]);
    },
  );
  await fc.assert(property, { numRuns: Math.ceil(100 * CASES) });
});

test('once nothing is to be kept any more, what was kept is not', async () => {
  await using store = await storeOf(VALUES);
  const world: World = { nowMs: 0, moods: [], had: new Map(), life: 1 };
  const patient = start(store, world, []);
  while ((await store.samples.status())[0]?.waiting !== 0) await nextTurn();
  await patient.handOver(0);
  assert.equal((await store.samples.status())[0]?.kept, VALUES.length);
  await run(start(store, world, [], 0), store, null);
  assert.equal((await store.samples.status())[0]?.kept, 0);
});
