import { FAILURES } from '../domain/lifecycle/execution.ts';
import type { Batch, FinishedJobColumns, HistoryFilters, HistoryReader, Window } from '../domain/queries.ts';
import { type Step, stepStart } from '../domain/steps.ts';
import { ByNames } from './by-names.ts';
import { type CostBy, GROUP_COLUMNS, type GroupKey, type GroupKeys } from './cost-groups.ts';

/*
 * What jobs that ended in a window cost, added up by group. Money is whole millionths of a dollar, so that
 * every sum is exact.
 */

export interface CostSums {
  /** Of the group. */
  readonly key: GroupKey;
  jobs: number;
  durationMs: number;
  billedSeconds: number;
  unpricedSeconds: number;
  microDollars: number;
  /** Of jobs that failed and did not run again, were cancelled, failed and ran again. */
  failed: number;
  cancelled: number;
  rerun: number;
}

export interface CostQuestion {
  readonly by: CostBy;
  readonly keys: GroupKeys;
  readonly window: Window;
  readonly filters: HistoryFilters;
}

/** By group. */
export type CostGroups = ByNames<CostSums>;
/** Micro dollars by sku and by the start of a step. */
export type CostSeries = ReadonlyMap<number, ReadonlyMap<number, number>>;

const COLUMNS = [
  ...GROUP_COLUMNS,
  'endedAtMs',
  'durationMs',
  'billedSeconds',
  'microDollars',
  'unpricedSeconds',
  'wasted',
] as const;
const SPENT_COLUMNS = [...GROUP_COLUMNS, 'microDollars'] as const;
type Columns = Batch<FinishedJobColumns, (typeof COLUMNS)[number]>;

/** The sums of the groups, and of each sku over time. */
export async function costOf(
  reader: HistoryReader,
  question: CostQuestion,
  step: Step,
): Promise<{ readonly groups: CostGroups; readonly series: CostSeries }> {
  const { keys, window, filters } = question;
  const wastedOf = openWasted(reader.wordId);
  const groups: CostGroups = new ByNames((...key) => ({ ...NOTHING, key }));
  const series = new Map<number, Map<number, number>>();
  for await (const batch of reader.finishedJobs(window, filters, COLUMNS)) {
    await keys.prepare(batch);
    for (let row = 0; row < batch.size; row += 1) {
      const sums = groups.of(...keys.of(batch, row));
      add(sums, batch, row);
      const wasted = wastedOf(batch, row);
      if (wasted !== null) sums[wasted] += batch.microDollars[row] ?? 0;
      addPoint(series, batch, row, step);
    }
  }
  return { groups, series };
}

interface Spent {
  readonly key: GroupKey;
  microDollars: number;
}

/** Micro dollars by group. */
export async function microDollarsOf(
  reader: HistoryReader,
  { keys, window, filters }: CostQuestion,
): Promise<ByNames<Spent>> {
  const spent = new ByNames<Spent>((...key) => ({ key, microDollars: 0 }));
  for await (const batch of reader.finishedJobs(window, filters, SPENT_COLUMNS)) {
    await keys.prepare(batch);
    for (let row = 0; row < batch.size; row += 1)
      spent.of(...keys.of(batch, row)).microDollars += batch.microDollars[row] ?? 0;
  }
  return spent;
}

const NOTHING: CostSums = {
  key: [0, 0],
  jobs: 0,
  durationMs: 0,
  billedSeconds: 0,
  unpricedSeconds: 0,
  microDollars: 0,
  failed: 0,
  cancelled: 0,
  rerun: 0,
};

/** The sums of all groups together. */
export function totalOf(groups: Pick<CostGroups, 'all'>): CostSums {
  const total = { ...NOTHING };
  for (const each of groups.all()) {
    for (const name of Object.keys(NOTHING) as (keyof CostSums)[])
      if (name !== 'key') total[name] += each[name];
  }
  return total;
}

function add(sums: CostSums, batch: Columns, row: number): void {
  const durationMs = batch.durationMs[row] ?? Number.NaN;
  sums.jobs += 1;
  sums.durationMs += Number.isNaN(durationMs) ? 0 : durationMs;
  sums.billedSeconds += batch.billedSeconds[row] ?? 0;
  sums.unpricedSeconds += batch.unpricedSeconds[row] ?? 0;
  sums.microDollars += batch.microDollars[row] ?? 0;
}

function addPoint(series: Map<number, Map<number, number>>, batch: Columns, row: number, step: Step): void {
  const microDollars = batch.microDollars[row] ?? 0;
  if (microDollars === 0) return;
  const sku = batch.sku[row] ?? 0;
  const points = series.get(sku) ?? new Map<number, number>();
  series.set(sku, points);
  const startMs = stepStart(batch.endedAtMs[row] ?? 0, step);
  points.set(startMs, (points.get(startMs) ?? 0) + microDollars);
}

/** Which sum of wasted money a job belongs to; null: it was of use. */
function openWasted(wordId: (word: string) => number) {
  const [cancelled, repeated] = [wordId('cancelled'), wordId('repeated')];
  const failures: ReadonlySet<number> = new Set(FAILURES.map(wordId));
  return ({ wasted, conclusion }: Columns, row: number): 'cancelled' | 'rerun' | 'failed' | null => {
    if (wasted[row] === cancelled) return 'cancelled';
    if (wasted[row] === repeated) return 'rerun';
    return failures.has(conclusion[row] ?? 0) ? 'failed' : null;
  };
}
