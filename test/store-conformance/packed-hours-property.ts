import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Store } from '../../src/domain/contracts.ts';
import { type HistoryRecords, NO_HISTORY } from '../../src/domain/history.ts';
import type { RunState } from '../../src/domain/lifecycle/state.ts';
import {
  type FactColumns,
  type HistoryFilters,
  type HistoryReader,
  NO_FILTERS,
  type Window,
} from '../../src/domain/queries.ts';
import { fakeReader } from '../../src/queries/fake-reader.ts';
import { FACT_TABLES } from '../../src/store/fact-tables.ts';
import { HOUR_MS } from '../../src/store/hours.ts';
import { run } from '../fixtures/states.ts';
import { commit } from './store-case.ts';

export const HOURS = 6;
/** Before every window. */
const BEFORE = -1;

/** Of each run. */
const EVENTS = ['', 'push', 'push', 'schedule'];
const BRANCHES = ['', 'default', 'other', 'default'];

const time = fc.integer({ min: 0, max: HOURS * HOUR_MS - 1 });
const place = fc.record({
  jobId: fc.integer({ min: 1, max: 4 }),
  runId: fc.integer({ min: 1, max: 3 }),
  runAttempt: fc.integer({ min: 1, max: 2 }),
  repository: fc.constantFrom('a/one', 'a/two', 'b/one'),
  workflow: fc.constantFrom('CI', 'success'),
  jobName: fc.constantFrom('build', 'test'),
  runsOn: fc.constantFrom('gpu', 'self-hosted,gpu', 'none'),
  runnerGroup: fc.constantFrom('Default', 'unknown'),
});
export const startedJob = fc.tuple(place, fc.record({ startedAtMs: time, queueMs: time }));
const finishedJob = fc.tuple(
  place,
  fc.record({
    endedAtMs: time,
    durationMs: fc.option(time),
    conclusion: fc.constantFrom('success', 'failure', 'gpu'),
    sku: fc.option(fc.constantFrom('actions_linux', 'CI')),
    billedSeconds: fc.nat(999),
    microDollars: fc.nat(),
    unpricedSeconds: fc.nat(999),
    wasted: fc.constantFrom(null, 'repeated', 'cancelled'),
    steps: fc.constant([]),
  }),
);
const finishedRun = fc
  .record({
    endedAtMs: time,
    runId: fc.integer({ min: 1, max: 3 }),
    runAttempt: fc.constant(1),
    repository: fc.constantFrom('a/one', 'b/one'),
    workflow: fc.constantFrom('CI', 'success'),
    conclusion: fc.constantFrom('success', 'failure'),
    durationMs: fc.option(time),
  })
  .map((run) => ({ ...run, event: EVENTS[run.runId] ?? '', branch: BRANCHES[run.runId] ?? '' }));

type Write = { readonly kind: 'startedJobs' | 'finishedJobs' | 'finishedRuns'; readonly record: object };
type Pack = { readonly packFacts: number; readonly beforeMs: number };
type Step =
  | Write
  | Pack
  | { readonly write: Write; readonly pack: Pack }
  | { readonly forgetMs: number }
  | 'restart';

const write: fc.Arbitrary<Write> = fc.oneof(
  {
    weight: 4,
    arbitrary: startedJob.map(([of, own]) => ({ kind: 'startedJobs' as const, record: { ...of, ...own } })),
  },
  {
    weight: 4,
    arbitrary: finishedJob.map(([of, own]) => ({ kind: 'finishedJobs' as const, record: { ...of, ...own } })),
  },
  { weight: 3, arbitrary: finishedRun.map((record) => ({ kind: 'finishedRuns' as const, record })) },
);
const pack: fc.Arbitrary<Pack> = fc.record({ packFacts: fc.integer({ min: 1, max: 5 }), beforeMs: time });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 10, arbitrary: write },
  { weight: 3, arbitrary: pack },
  // At the same time.
  { weight: 3, arbitrary: fc.record({ write, pack }) },
  { weight: 1, arbitrary: time.map((forgetMs) => ({ forgetMs })) },
  { weight: 1, arbitrary: fc.constant('restart' as const) },
);
/** By which of the stores, and what. */
const act = fc.tuple(fc.nat(1), step);
type Act = readonly [by: number, step: Step];

const filters: fc.Arbitrary<HistoryFilters> = fc
  .record({
    repository: fc.constantFrom([], ['a/*'], ['a/one', 'b/one'], ['c/none']),
    label: fc.constantFrom([], ['gpu']),
    runsOn: fc.constantFrom([], ['gpu', 'none']),
    workflow: fc.constantFrom([], ['success']),
    conclusion: fc.constantFrom([], [], ['success', 'gpu']),
    branch: fc.constantFrom([], [], ['default'], ['other', 'none']),
    event: fc.constantFrom([], [], ['push']),
  })
  .map((some) => ({ ...NO_FILTERS, ...some }));

/** A database that stores can be opened on. */
export interface PackedPlace extends AsyncDisposable {
  /** Two, or one that stands for both. */
  readonly stores: 1 | 2;
  open(): Promise<Store>;
}

/** Packed or not, readings are the same: in any order of writing, packing, forgetting and restarts. */
export async function checkPackedHours(
  openPlace: () => Promise<PackedPlace>,
  numRuns: number,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(
      fc.array(act, { minLength: 5, maxLength: 40 }),
      fc.tuple(time, time),
      filters,
      async (acts, times, some) => {
        await using place = await openPlace();
        const records = await runActs(place, acts);
        await using store = await place.open();
        const [fromMs = 0, toMs = 0] = times.toSorted((a, b) => a - b);
        const windows = [
          { fromMs, toMs },
          { fromMs: 0, toMs: HOURS * HOUR_MS },
        ];
        for (const window of windows) await checkReadings(store, { records, window, some });
        while (!(await store.packHistory((HOURS + 1) * HOUR_MS, 1000)));
        for (const window of windows) await checkReadings(store, { records, window, some });
      },
    ),
    { numRuns },
  );
}

interface Expected {
  readonly records: Partial<HistoryRecords>;
  readonly window: Window;
  readonly some: HistoryFilters;
}

async function checkReadings(store: Store, { records, window, some }: Expected): Promise<void> {
  for (const kind of ['startedJobs', 'finishedJobs', 'finishedRuns'] as const) {
    const usable = kind === 'finishedJobs' ? some : { ...some, conclusion: [] };
    const asked = kind === 'finishedRuns' ? { ...usable, label: [], runsOn: [] } : usable;
    const read = await store.readFor({ nowMs: 0, asOfMs: 0 }, (reader) =>
      rowsOf(reader, kind, window, asked),
    );
    assert.deepEqual(read, await rowsOf(fakeReader({ ...records, nowMs: 0 }), kind, window, asked), kind);
  }
}

/** Answers the records that are left, of which a later one replaces an earlier one. */
async function runActs(place: PackedPlace, acts: readonly Act[]): Promise<Partial<HistoryRecords>> {
  const kept = new Map<string, Write>();
  const stores: Store[] = [];
  for (let index = 0; index < place.stores; index += 1) stores.push(await place.open());
  for (const [by, each] of acts) {
    const index = by % stores.length;
    const store = stores[index] ?? assert.fail();
    if (each === 'restart') {
      await store[Symbol.asyncDispose]();
      stores[index] = await place.open();
    } else if ('packFacts' in each) await store.packHistory(each.beforeMs, each.packFacts);
    else if ('forgetMs' in each) {
      await store.forgetHistory({ beforeMs: each.forgetMs, stepsBeforeMs: 0, limit: 1000 });
      for (const [key, { record }] of kept) if (timeOf(record) < each.forgetMs) kept.delete(key);
    } else {
      const { write, pack } = 'write' in each ? each : { write: each, pack: null };
      const other = stores.at(index - 1) ?? store;
      await Promise.all([
        writeOne(store, write),
        ...(pack === null ? [] : [other.packHistory(pack.beforeMs, pack.packFacts)]),
      ]);
      kept.set(keyOf(write), write);
    }
  }
  for (const store of stores) await store[Symbol.asyncDispose]();
  return recordsOf([...kept.values()], acts);
}

async function writeOne(store: Store, { kind, record }: Write): Promise<void> {
  const runs = kind === 'finishedRuns' ? [runState(record)] : [];
  await commit(store, { runs, history: { ...NO_HISTORY, [kind]: [record] } });
}

/** What a run is known by outlives the record of its end. */
function recordsOf(left: readonly Write[], acts: readonly Act[]): Partial<HistoryRecords> {
  const writes = acts.flatMap(([, each]) => {
    if (each === 'restart') return [];
    return 'write' in each ? [each.write] : 'kind' in each ? [each] : [];
  });
  const of = (kind: Write['kind']) => left.filter((each) => each.kind === kind).map(({ record }) => record);
  const known = writes.filter(({ kind }) => kind === 'finishedRuns');
  return {
    startedJobs: of('startedJobs'),
    finishedJobs: of('finishedJobs'),
    finishedRuns: [...of('finishedRuns'), ...known.map(({ record }) => ({ ...record, endedAtMs: BEFORE }))],
  } as unknown as Partial<HistoryRecords>;
}

function runState(record: object): RunState {
  const { runId, branch, event } = record as Readonly<{ runId: number; branch: string; event: string }>;
  return run({ runId, runAttempt: 1, branch, event });
}

function timeOf(record: object): number {
  return Number(Object.entries(record).find(([name]) => /^(started|ended)AtMs$/.test(name))?.[1]);
}

/** The primary key of its table. */
function keyOf({ kind, record }: Write): string {
  const { jobId, runId, runAttempt, conclusion } = record as Record<string, unknown>;
  const own = kind === 'finishedRuns' ? [runId, runAttempt, conclusion] : [jobId];
  return [kind, timeOf(record), ...own].join(' ');
}

interface AnyBatch extends Record<string, unknown> {
  readonly size: number;
}

/** What the reader answers, as rows with texts, in an order of their own. */
async function rowsOf<Kind extends 'startedJobs' | 'finishedJobs' | 'finishedRuns'>(
  reader: HistoryReader,
  kind: Kind,
  window: { fromMs: number; toMs: number },
  some: HistoryFilters,
): Promise<readonly string[]> {
  const { columns } = FACT_TABLES[kind];
  const names = Object.keys(columns) as (keyof FactColumns[Kind] & string)[];
  const isText = (name: string) => (columns as Record<string, { holds: string }>)[name]?.holds !== 'number';
  const rows: string[] = [];
  const idOf = new Map<string, number>();
  const isWord = (name: string) => (columns as Record<string, { holds: string }>)[name]?.holds === 'word';
  const read = reader[kind] as unknown as (...of: unknown[]) => AsyncIterable<AnyBatch>;
  for await (const { size, ...each } of read(window, some, names)) {
    const columnOf = (name: string) => each[name] as ArrayLike<number>;
    const texts = await reader.texts(names.filter(isText).flatMap((name) => Array.from(columnOf(name))));
    for (const name of names.filter(isText))
      for (const id of Array.from(columnOf(name))) {
        const text = `${isWord(name) ? 'word' : 'name'} ${texts.get(id)}`;
        assert.equal(idOf.get(text) ?? id, id, `${text} has one number`);
        idOf.set(text, id);
      }
    for (let row = 0; row < size; row += 1) {
      const cells = names.map((name) => {
        const value = columnOf(name)[row] ?? Number.NaN;
        return isText(name) ? texts.get(value) : String(value);
      });
      rows.push(cells.join(' | '));
    }
  }
  return rows.toSorted();
}
