import assert from 'node:assert/strict';
import { EVENTS } from '../../src/domain/catalogue.ts';
import type { Store } from '../../src/domain/contracts.ts';
import type { EventSample } from '../../src/domain/event-sample.ts';
import { lostCounts, type OutboxLimits, type Settlement, settledCounts } from '../../src/domain/outbox.ts';
import { SELF } from '../../src/domain/own-metrics.ts';
import { NO_CHANGES } from '../../src/domain/transaction.ts';
import { cellsOf, commit, NOW, type StoreCase } from './store-case.ts';

const { name: METRIC } = EVENTS.jobQueue;

export function sample(value: number): EventSample {
  const labels = ['o/r', 'CI "quoted" \u{1F41C}', 'build', 'a,b'];
  return { metric: METRIC, labels, value, atMs: NOW + value };
}

export function samples(from: number, to: number): EventSample[] {
  return Array.from({ length: to - from + 1 }, (_, index) => sample(from + index));
}

export async function put(store: Store, from: number, to: number): Promise<void> {
  await commit(store, { samples: samples(from, to) });
}

export async function waiting(store: Store, sink: string, limit = 100): Promise<number[]> {
  return (await store.samples.read(sink, limit)).entries.map(({ value }) => value);
}

/** Settles the first `count` samples that wait. */
export async function settle(
  store: Store,
  sink: string,
  count: number,
  over: Partial<Settlement<EventSample>> = {},
): Promise<void> {
  const { endSeq } = await store.samples.read(sink, count);
  await settleTo(store, { sink, endSeq, outcome: 'sent', dead: [], isKept: false, ...over });
}

async function settleTo(store: Store, settlement: Settlement<EventSample>): Promise<void> {
  await store.samples.settle(settlement, (settled) => settledCounts(settlement, settled));
}

/** Returns how many samples were lost to a sink. */
export async function trim(store: Store, limits: OutboxLimits): Promise<number> {
  const lost = await store.samples.trim(limits, lostCounts);
  return lost.reduce((sum, { count }) => sum + count, 0);
}

export async function counted(
  store: Store,
  name: string = SELF.samples.name,
): Promise<Record<string, number>> {
  const cells = (await cellsOf(store)).filter(({ metric }) => metric === name);
  return Object.fromEntries(cells.map(({ labels, value }) => [labels.join(' '), value]));
}

/** What `Outbox` promises. */
export const OUTBOX_CASES: Readonly<Record<string, StoreCase>> = {
  async 'keeps samples in order and unchanged until they are settled, across restarts'(open) {
    await using first = await open();
    await first.openSinks({ samples: ['a'] });
    await put(first, 1, 3);
    await put(first, 4, 5);
    assert.deepEqual((await first.samples.read('a', 9)).entries, samples(1, 5));
    await settle(first, 'a', 2);
    await first[Symbol.asyncDispose]();
    await using second = await open();
    await second.openSinks({ samples: ['a'] });
    assert.deepEqual(await waiting(second, 'a'), [3, 4, 5]);
    assert.deepEqual(await waiting(second, 'a', 2), [3, 4]);
    await put(second, 6, 6);
    await settle(second, 'a', 4);
    assert.deepEqual(await waiting(second, 'a'), []);
    assert.deepEqual(await second.samples.read('a', 9), { entries: [], endSeq: 7, isRepeat: false });
    await second[Symbol.asyncDispose]();
    await using third = await open();
    await third.openSinks({ samples: ['a'] });
    await put(third, 7, 7);
    assert.deepEqual(await waiting(third, 'a'), [7]);
    assert.deepEqual(await counted(third), { 'a sent': 6 });
  },

  async 'lets each sink go at its own pace'(open) {
    await using store = await open();
    await store.openSinks({ samples: ['fast', 'slow'] });
    await put(store, 1, 4);
    await settle(store, 'fast', 4);
    await put(store, 5, 6);
    assert.deepEqual(await waiting(store, 'fast'), [5, 6]);
    assert.deepEqual(await waiting(store, 'slow'), [1, 2, 3, 4, 5, 6]);
    const status = (await store.samples.status()).map(({ sink, waiting: count, oldestMs }) => [
      sink,
      count,
      oldestMs,
    ]);
    assert.deepEqual(status, [
      ['fast', 2, NOW],
      ['slow', 6, NOW],
    ]);
    await settle(store, 'fast', 2);
    assert.equal((await store.samples.status()).find(({ sink }) => sink === 'fast')?.oldestMs, null);
  },

  async 'gives a new sink the samples from then on, and forgets those waiting for a removed one'(open) {
    await using store = await open();
    await store.openSinks({ samples: ['old'] });
    await put(store, 1, 3);
    assert.deepEqual(await store.openSinks({ samples: ['old', 'new'] }), { samples: 0 });
    await put(store, 4, 4);
    assert.deepEqual(await waiting(store, 'new'), [4]);
    assert.deepEqual(await store.openSinks({ samples: ['new'] }), { samples: 4 });
    assert.deepEqual(await waiting(store, 'new'), [4]);
    assert.deepEqual(
      (await store.samples.status()).map(({ sink }) => sink),
      ['new'],
    );
  },

  async 'settles nothing twice'(open) {
    await using store = await open();
    await store.openSinks({ samples: ['a'] });
    await put(store, 1, 4);
    const { endSeq } = await store.samples.read('a', 3);
    await settleTo(store, { sink: 'a', endSeq, outcome: 'sent', dead: [], isKept: false });
    await settleTo(store, { sink: 'a', endSeq, outcome: 'sent', dead: [], isKept: false });
    await settleTo(store, {
      sink: 'a',
      endSeq: endSeq - 1,
      outcome: 'rejected',
      dead: [sample(1)],
      isKept: false,
    });
    assert.deepEqual(await waiting(store, 'a'), [4]);
    assert.deepEqual(await counted(store), { 'a sent': 3 });
    assert.deepEqual(await store.samples.dead(9), []);
  },

  async 'keeps samples that a receiver refused, with the reason, latest first'(open) {
    await using store = await open();
    await store.openSinks({ samples: ['a'] });
    await put(store, 1, 2);
    for (const value of [1, 2]) {
      await settle(store, 'a', 1, { outcome: 'rejected', dead: [sample(value)], reason: `no ${value}` });
    }
    const dead = await store.samples.dead(9);
    assert.deepEqual(dead[0], { entry: sample(2), sink: 'a', rejectedAtMs: NOW, reason: 'no 2' });
    assert.deepEqual(
      dead.map(({ reason }) => reason),
      ['no 2', 'no 1'],
    );
    assert.deepEqual(await counted(store), { 'a rejected': 2 });
  },

  async 'gives up the oldest samples when they are too old or too many, and counts them for each waiting sink'(
    open,
  ) {
    let now = NOW;
    await using store = await open(() => now);
    await store.openSinks({ samples: ['a', 'b'] });
    await put(store, 1, 3);
    await settle(store, 'b', 2);
    now += 1000;
    await put(store, 4, 6);
    const none = { beforeMs: 0, maxBytes: 1_000_000 };
    assert.equal(await trim(store, none), 0);
    assert.equal(await trim(store, { ...none, beforeMs: NOW + 1 }), 4);
    assert.deepEqual(
      [await waiting(store, 'a'), await waiting(store, 'b')],
      [
        [4, 5, 6],
        [4, 5, 6],
      ],
    );
    now += 1000;
    await put(store, 7, 7);
    assert.equal(await trim(store, { ...none, maxBytes: 200 }), 6);
    assert.deepEqual(await waiting(store, 'a'), [7]);
    assert.deepEqual(await counted(store), {
      'a expired': 3,
      'a overflow': 3,
      'b expired': 1,
      'b overflow': 3,
      'b sent': 2,
    });
  },

  async 'counts the size of samples in bytes'(open) {
    await using store = await open();
    await store.openSinks({ samples: ['a'] });
    const wide = { ...sample(1), labels: ['\u{8759}'.repeat(200)] };
    await commit(store, { samples: [wide] });
    assert.equal(await trim(store, { beforeMs: 0, maxBytes: 600 }), 1);
  },

  async 'stores samples and states together or not at all'(open) {
    await using store = await open();
    await store.openSinks({ samples: ['a'] });
    await put(store, 1, 1);
    const unstorable = { ...NO_CHANGES, samples: [sample(2)], runs: [{}] } as unknown as typeof NO_CHANGES;
    await assert.rejects(commit(store, unstorable));
    await put(store, 3, 3);
    assert.deepEqual(await waiting(store, 'a'), [1, 3]);
    assert.deepEqual((await store.samples.status())[0]?.waiting, 2);
  },
};
