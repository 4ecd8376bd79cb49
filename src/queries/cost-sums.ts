import { FAILURES } from '../domain/lifecycle/execution.ts';
import type { Batch, FinishedJobColumns, HistoryFilters, HistoryReader, Window } from '../domain/queries.ts';
import { type Step, stepStart } from '../domain/steps.ts';
import { ByNames } from './by-names.ts';
import { type CostGrouping, GROUP_COLUMNS, type GroupKey, type GroupKeys } from './cost-groups.ts';
import { type FailedJob, LastAttempts } from './last-attempts.ts';

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
  readonly by: CostGrouping;
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
  'runId',
  'runAttempt',
  'durationMs',
  'billedSeconds',
  'microDollars',
  'unpricedSeconds',
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
  const groups: CostGroups = new ByNames((...key) => ({ ...NOTHING, key }));
  const series = new Map<number, Map<number, number>>();
  const wasted = new Wasted(reader.wordId);
  for await (const batch of reader.finishedJobs(window, filters, COLUMNS)) {
    for (let row = 0; row < batch.size; row += 1) {
      const sums = groups.of(...keys.of(batch, row));
      add(sums, batch, row);
      wasted.add(sums, batch, row);
      addPoint(series, batch, row, step);
    }
  }
  await wasted.attribute(reader, question);
  return { groups, series };
}

/** Micro dollars by group. */
export async function microDollarsOf(
  reader: HistoryReader,
  { keys, window, filters }: CostQuestion,
): Promise<ByNames<{ microDollars: number }>> {
  const spent = new ByNames(() => ({ microDollars: 0 }));
  for await (const batch of reader.finishedJobs(window, filters, SPENT_COLUMNS))
    for (let row = 0; row < batch.size; row += 1)
      spent.of(...keys.of(batch, row)).microDollars += batch.microDollars[row] ?? 0;
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
export function totalOf(groups: CostGroups): CostSums {
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

interface FailedCost extends FailedJob {
  readonly sums: CostSums;
  readonly microDollars: number;
}

/** Money for jobs whose result was of no use. Whether a failed one ran again is known when all are read. */
class Wasted {
  readonly #failures: ReadonlySet<number>;
  readonly #cancelled: number;
  readonly #failed: FailedCost[] = [];
  readonly #again = new LastAttempts();

  constructor(wordId: (word: string) => number) {
    this.#failures = new Set(FAILURES.map(wordId));
    this.#cancelled = wordId('cancelled');
  }

  add(sums: CostSums, batch: Columns, row: number): void {
    this.#again.add(batch, row);
    const microDollars = batch.microDollars[row] ?? 0;
    if (microDollars === 0) return;
    const conclusion = batch.conclusion[row] ?? 0;
    if (conclusion === this.#cancelled) sums.cancelled += microDollars;
    if (!this.#failures.has(conclusion)) return;
    const [runId, jobName, runAttempt] = [batch.runId, batch.jobName, batch.runAttempt].map(
      (column) => column[row] ?? 0,
    ) as [number, number, number];
    this.#failed.push({ sums, runId, jobName, runAttempt, microDollars });
  }

  async attribute(reader: HistoryReader, { window, filters }: CostQuestion): Promise<void> {
    if (this.#failed.length === 0) return;
    await this.#again.addTheRest(reader, window, filters);
    for (const each of this.#failed)
      each.sums[this.#again.wasRunAgain(each) ? 'rerun' : 'failed'] += each.microDollars;
  }
}
