import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Store } from '../../src/domain/contracts.ts';
import type { Lost } from '../../src/domain/outbox.ts';
import { spanCount, type TraceEntry } from '../../src/domain/trace-entry.ts';
import { jobEntry, runEntry, waitEntry } from '../fixtures/trace-entries.ts';
import { commit, NOW, type StoreCase } from './store-case.ts';
import { TESTED_TRACES } from './tested-outbox.ts';

const { open: openSinks, settle, settleTo, trim, counted, dead } = TESTED_TRACES;
const NO_LIMITS = { beforeMs: 0, maxBytes: 1e9 };

function put(store: Store, ...traceEntries: TraceEntry[]): Promise<void> {
  return commit(store, { traceEntries });
}

async function stepsOf(store: Store, limit: number): Promise<number[]> {
  const { entries } = await store.traces.read('a', limit);
  return entries.map((entry) => (entry.kind === 'job' ? entry.steps.length : -1));
}

/** What an outbox promises of entries that weigh more than 1. */
export const WEIGHTED_CASES: Readonly<Record<string, StoreCase>> = {
  async 'counts spans, and never splits an entry'(open) {
    await using store = await open();
    await openSinks(store, ['a']);
    // 10 and 1 spans in one block, 4 and 3 in the next.
    await put(store, jobEntry(8), runEntry());
    await put(store, jobEntry(2), jobEntry(1));
    assert.deepEqual(await store.traces.progress(), { endSeq: 19, settledSeq: 1 });
    assert.deepEqual((await store.traces.status())[0], { sink: 'a', waiting: 18, kept: 0, oldestMs: NOW });
    for (const limit of [1, 9, 10]) assert.deepEqual(await stepsOf(store, limit), [8]);
    for (const limit of [11, 14]) assert.deepEqual(await stepsOf(store, limit), [8, -1]);
    assert.deepEqual(await stepsOf(store, 15), [8, -1, 2]);
    assert.equal((await store.traces.read('a', 15)).endSeq, 16);
    await settle(store, 'a', 1);
    assert.deepEqual(await stepsOf(store, 4), [-1]);
    await settle(store, 'a', 5);
    assert.deepEqual(await stepsOf(store, 1), [1]);
    await settle(store, 'a', 1, { outcome: 'rejected', dead: [jobEntry(1)], reason: 'too old' });
    assert.deepEqual(await store.traces.read('a', 9), { entries: [], endSeq: 19, isRepeat: false });
    assert.deepEqual(await counted(store), { 'a sent': 15, 'a rejected': 3 });
    assert.deepEqual(await dead(store), [
      { sink: 'a', rejectedAtMs: NOW, reason: 'too old', entry: jobEntry(1) },
    ]);
  },

  async 'counts what a receiver refused of a request that it took, and no more than was in it'(open) {
    await using store = await open();
    await openSinks(store, ['a', 'b']);
    await put(store, jobEntry(8));
    await settle(store, 'a', 10, { rejectedCount: 3 });
    await settle(store, 'b', 10, { rejectedCount: 1000 });
    await settle(store, 'a', 10, { rejectedCount: 3 });
    assert.deepEqual(await counted(store), { 'a sent': 7, 'a rejected': 3, 'b sent': 0, 'b rejected': 10 });
  },

  async 'loses whole blocks to its limits, counted in spans'(open) {
    let now = NOW;
    await using store = await open(() => now);
    await openSinks(store, ['a']);
    await put(store, jobEntry(8), runEntry());
    now += 1000;
    await put(store, jobEntry(2));
    await settle(store, 'a', 10);
    assert.equal(await trim(store, { ...NO_LIMITS, beforeMs: NOW + 1 }), 1);
    assert.deepEqual(await stepsOf(store, 9), [2]);
    assert.equal(await trim(store, { ...NO_LIMITS, maxBytes: 10 }), 4);
    assert.deepEqual(await counted(store), { 'a sent': 10, 'a expired': 1, 'a overflow': 4 });
  },

  async 'entries of every kind come back as they were, whatever is in them'(open) {
    await using store = await open();
    await openSinks(store, ['a']);
    const strange = ['', '\u0000', '\ud800', '\u{1F41C}', '"', '0'];
    const entries: TraceEntry[] = [
      runEntry(),
      ...strange.map((name) => jobEntry(2, { name, runsOn: [name, name], failureCause: 'runner_lost' })),
      waitEntry({ approval: { startMs: 5, endMs: 3, isClamped: true } }),
    ];
    await put(store, ...entries);
    assert.deepEqual((await store.traces.read('a', 1000)).entries, entries);
  },

  async 'samples and spans have sinks, places and limits of their own'(open) {
    await using store = await open();
    assert.deepEqual(await store.openSinks({ samples: ['x'], traces: ['a', 'x'] }), {
      samples: 0,
      traces: 0,
    });
    await put(store, jobEntry(1));
    await settleTo(store, { sink: 'a', endSeq: 4, outcome: 'sent', dead: [], isKept: false });
    assert.equal((await store.samples.place('x')).nextSeq, 1);
    assert.equal((await store.traces.place('x')).nextSeq, 1);
    assert.deepEqual(await store.openSinks({ samples: [], traces: ['a'] }), { samples: 0, traces: 3 });
    assert.deepEqual(await store.samples.status(), []);
    assert.deepEqual(await store.traces.status(), [{ sink: 'a', waiting: 0, kept: 0, oldestMs: null }]);
  },

  async 'any sequence of writes, settlements and trims keeps entries whole, in order, and counted'(open) {
    const cases = Number(process.env['ANT_WATCHER_TEST_CASES'] ?? 1);
    await using store = await open();
    await fc.assert(
      fc.asyncProperty(fc.array(STEPS, { maxLength: 25 }), (steps) => follow(store, steps)),
      { numRuns: Math.max(1, Math.round(15 * cases)) },
    );
  },
};

type Step =
  | { readonly does: 'write'; readonly steps: readonly number[] }
  | { readonly does: 'settle'; readonly sink: string; readonly limit: number }
  | { readonly does: 'trim'; readonly maxBytes: number };

const STEPS: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ does: fc.constant('write'), steps: fc.array(fc.nat(12), { minLength: 1, maxLength: 4 }) }),
  fc.record({
    does: fc.constant('settle'),
    sink: fc.constantFrom('a', 'b'),
    limit: fc.integer({ min: 1, max: 40 }),
  }),
  fc.record({ does: fc.constant('trim'), maxBytes: fc.nat(6000) }),
) as fc.Arbitrary<Step>;

/** What is stored, with its places: the store is not asked for any of it. */
interface Model {
  readonly stored: { readonly entry: TraceEntry; readonly fromSeq: number }[];
  endSeq: number;
  readonly next: Map<string, number>;
}

/** Does each step with the store and with a model of it, which have to agree. */
async function follow(store: Store, steps: readonly Step[]): Promise<void> {
  await openSinks(store, []);
  await openSinks(store, ['a', 'b']);
  const { endSeq } = await store.traces.progress();
  const model: Model = {
    stored: [],
    endSeq,
    next: new Map([
      ['a', endSeq],
      ['b', endSeq],
    ]),
  };
  for (const step of steps) {
    if (step.does === 'write') await write(store, model, step.steps);
    else if (step.does === 'settle') await settleNext(store, model, step);
    else noteLost(model, await store.traces.trim({ beforeMs: 0, maxBytes: step.maxBytes }, () => []));
    for (const { sink, waiting } of await store.traces.status())
      assert.equal(waiting, model.endSeq - (model.next.get(sink) ?? 0));
  }
  for (const sink of ['a', 'b']) {
    const { entries, endSeq: last } = await store.traces.read(sink, 1e6);
    assert.deepEqual(entries, waitingIn(model, sink));
    assert.equal(last, model.endSeq);
  }
}

function waitingIn({ stored, next }: Model, sink: string): TraceEntry[] {
  return stored.filter(({ fromSeq }) => fromSeq >= (next.get(sink) ?? 0)).map(({ entry }) => entry);
}

async function write(store: Store, model: Model, steps: readonly number[]): Promise<void> {
  const entries = steps.map((count, index) => jobEntry(count, { jobId: model.endSeq + index }));
  await put(store, ...entries);
  for (const entry of entries) {
    model.stored.push({ entry, fromSeq: model.endSeq });
    model.endSeq += spanCount(entry);
  }
}

async function settleNext(
  store: Store,
  model: Model,
  { sink, limit }: { readonly sink: string; readonly limit: number },
): Promise<void> {
  const { entries, endSeq } = await store.traces.read(sink, limit);
  const expected = waitingIn(model, sink).slice(0, Math.max(1, entries.length));
  assert.deepEqual(entries, expected);
  const weight = entries.reduce((sum, entry) => sum + spanCount(entry), 0);
  assert.ok(weight <= limit || entries.length === 1);
  const following = waitingIn(model, sink)[entries.length];
  assert.ok(following === undefined || weight + spanCount(following) > limit);
  assert.equal(endSeq, (model.next.get(sink) ?? 0) + weight);
  await settleTo(store, { sink, endSeq, outcome: 'sent', dead: [], isKept: false });
  model.next.set(sink, endSeq);
}

/** Each sink is at the beginning of an entry, or at the end of all. */
function noteLost(model: Model, lost: readonly Lost[]): void {
  for (const { sink, count } of lost) {
    const next = (model.next.get(sink) ?? 0) + count;
    assert.ok(next === model.endSeq || model.stored.some(({ fromSeq }) => fromSeq === next));
    model.next.set(sink, next);
  }
}
