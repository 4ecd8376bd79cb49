import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import fc from 'fast-check';
import { run } from '../../../test/fixtures/states.ts';
import { commit } from '../../../test/store-conformance/store-case.ts';
import { openTemporaryFolder } from '../../../test/temporary-folder.ts';
import type { HistoryRecords } from '../../domain/history.ts';
import type { RunState } from '../../domain/lifecycle/state.ts';
import {
  type FactColumns,
  type HistoryFilters,
  type HistoryReader,
  NO_FILTERS,
} from '../../domain/queries.ts';
import { fakeReader } from '../../queries/fake-reader.ts';
import { FACT_TABLES } from '../fact-tables.ts';
import { HOUR_MS } from '../hours.ts';
import { openSqliteStore } from './store.ts';

const CASES = Number(process.env['ANT_WATCHER_TEST_CASES'] ?? 1);
const HOURS = 6;
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
const startedJob = fc.tuple(place, fc.record({ startedAtMs: time, queueMs: time }));
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
type Step =
  | Write
  | { readonly packFacts: number; readonly beforeMs: number }
  | { readonly forgetMs: number }
  | 'restart';

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: startedJob.map(([of, own]) => ({ kind: 'startedJobs' as const, record: { ...of, ...own } })),
  },
  {
    weight: 4,
    arbitrary: finishedJob.map(([of, own]) => ({ kind: 'finishedJobs' as const, record: { ...of, ...own } })),
  },
  { weight: 3, arbitrary: finishedRun.map((record) => ({ kind: 'finishedRuns' as const, record })) },
  { weight: 3, arbitrary: fc.record({ packFacts: fc.integer({ min: 1, max: 5 }), beforeMs: time }) },
  { weight: 1, arbitrary: time.map((forgetMs) => ({ forgetMs })) },
  { weight: 1, arbitrary: fc.constant('restart' as const) },
);

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

test('packed or not, readings are the same: in any order of writing, packing, forgetting and restarts', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 5, maxLength: 40 }),
      fc.tuple(time, time),
      filters,
      async (steps, times, some) => {
        using folder = openTemporaryFolder();
        const url = `sqlite:${join(folder.path, 'state.db')}`;
        const records = await runSteps(url, steps);
        await using store = await openSqliteStore({ url, clock: () => 0 });
        const [fromMs = 0, toMs = 0] = times.toSorted((a, b) => a - b);
        for (const window of [
          { fromMs, toMs },
          { fromMs: 0, toMs: HOURS * HOUR_MS },
        ])
          for (const kind of ['startedJobs', 'finishedJobs', 'finishedRuns'] as const) {
            const usable = kind === 'finishedJobs' ? some : { ...some, conclusion: [] };
            const asked = kind === 'finishedRuns' ? { ...usable, label: [], runsOn: [] } : usable;
            const read = await store.readFor({ nowMs: 0, asOfMs: 0 }, (reader) =>
              rowsOf(reader, kind, window, asked),
            );
            assert.deepEqual(
              read,
              await rowsOf(fakeReader({ ...records, nowMs: 0 }), kind, window, asked),
              kind,
            );
          }
      },
    ),
    { numRuns: 100 * CASES },
  );
});

/** Answers the records that are left, of which a later one replaces an earlier one. */
async function runSteps(url: string, steps: readonly Step[]): Promise<Partial<HistoryRecords>> {
  const open = () => openSqliteStore({ url, clock: () => 0 });
  const kept = new Map<string, Write>();
  /** What a run is known by outlives the record of its end. */
  const known: object[] = [];
  let store = await open();
  for (const each of steps) {
    if (each === 'restart') {
      await store[Symbol.asyncDispose]();
      store = await open();
    } else if ('packFacts' in each) await store.packHistory(each.beforeMs, each.packFacts);
    else if ('forgetMs' in each) {
      await store.forgetHistory({ beforeMs: each.forgetMs, stepsBeforeMs: 0, limit: 1000 });
      for (const [key, { record }] of kept) if (timeOf(record) < each.forgetMs) kept.delete(key);
    } else {
      const history = { startedJobs: [], finishedJobs: [], failedJobs: [], flakyJobs: [], finishedRuns: [] };
      const runs = each.kind === 'finishedRuns' ? [runState(each.record)] : [];
      await commit(store, { runs, history: { ...history, [each.kind]: [each.record] } });
      if (each.kind === 'finishedRuns') known.push({ ...each.record, endedAtMs: BEFORE });
      kept.set(keyOf(each), each);
    }
  }
  await store[Symbol.asyncDispose]();
  const left = Map.groupBy(kept.values(), ({ kind }) => kind);
  const recordsOf = (kind: Write['kind']) => (left.get(kind) ?? []).map(({ record }) => record);
  return {
    startedJobs: recordsOf('startedJobs'),
    finishedJobs: recordsOf('finishedJobs'),
    finishedRuns: [...recordsOf('finishedRuns'), ...known],
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
  const read = reader[kind] as unknown as (...of: unknown[]) => AsyncIterable<AnyBatch>;
  for await (const { size, ...each } of read(window, some, names)) {
    const columnOf = (name: string) => each[name] as ArrayLike<number>;
    const texts = await reader.texts(names.filter(isText).flatMap((name) => Array.from(columnOf(name))));
    for (const [id, text] of texts) {
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

test('a million facts are read in hours: what is packed is not read from its table again', async () => {
  using folder = openTemporaryFolder();
  const path = join(folder.path, 'state.db');
  {
    await using store = await openSqliteStore({ url: `sqlite:${path}`, clock: () => 0 });
    const records = fc
      .sample(startedJob, { numRuns: 50, seed: 7 })
      .map(([of, own], jobId) => ({ ...of, ...own, jobId }));
    const history = {
      startedJobs: records,
      finishedJobs: [],
      failedJobs: [],
      flakyJobs: [],
      finishedRuns: [],
    };
    await commit(store, { history });
    assert.equal(await store.packHistory(HOURS * HOUR_MS, 1), false, 'one hour, then the rest another time');
    assert.equal(await store.packHistory(HOURS * HOUR_MS, 1000), true);
  }
  const count = (sql: string) => Number(database.prepare(sql).get()?.['count']);
  using database = new DatabaseSync(path);
  assert.equal(count('SELECT SUM(size) AS count FROM packed_hours'), 50);
  assert.equal(count('SELECT COUNT(*) AS count FROM packed_hours WHERE size IS NULL'), 0);
});

test('what a version before 24 packed, which had another form, is deleted and packed once more', async () => {
  using folder = openTemporaryFolder();
  const path = join(folder.path, 'state.db');
  const open = () => openSqliteStore({ url: `sqlite:${path}`, clock: () => 0 });
  const [[of, own] = assert.fail()] = fc.sample(startedJob, { numRuns: 1, seed: 7 });
  const startedJobs = [{ ...of, ...own, startedAtMs: 5, queueMs: 77 }];
  {
    await using store = await open();
    const none = { finishedJobs: [], failedJobs: [], flakyJobs: [], finishedRuns: [] };
    await commit(store, { history: { startedJobs, ...none } });
    await store.packHistory(HOUR_MS, 1000);
  }
  {
    using database = new DatabaseSync(path);
    const before = new Uint8Array(Float64Array.of(78).buffer);
    const { changes } = database.prepare('UPDATE packed_columns SET packed = ?').run(before);
    assert.ok(changes > 0);
    database.exec('PRAGMA user_version = 23');
  }
  await using store = await open();
  for (const isPacked of [false, true]) {
    if (isPacked) await store.packHistory(HOUR_MS, 1000);
    await store.readFor({ nowMs: 0, asOfMs: 0 }, async (reader) => {
      const waits: number[] = [];
      const window = { fromMs: 0, toMs: HOUR_MS };
      for await (const { queueMs } of reader.startedJobs(window, NO_FILTERS, ['queueMs']))
        waits.push(...queueMs);
      assert.deepEqual(waits, [77], `packed: ${isPacked}`);
    });
  }
});
