import { isoTime } from '../domain/iso-time.ts';
import type { Change, Cost, CostRow } from '../domain/openapi-types.ts';
import type { HistoryReader } from '../domain/queries.ts';
import type { Step } from '../domain/steps.ts';
import { changeOf, headOf, windowBefore } from './answer.ts';
import { type CostBy, GroupKeys } from './cost-groups.ts';
import {
  type CostQuestion,
  type CostSeries,
  type CostSums,
  costOf,
  microDollarsOf,
  totalOf,
} from './cost-sums.ts';
import { openLabelValues } from './label-values.ts';
import { type Paging, pageOf } from './paging.ts';
import { labelNames } from './repository-labels.ts';

export interface CostQuery extends Omit<CostQuestion, 'keys' | 'by'> {
  readonly by: CostBy;
  /** With `by: 'repository_label'`: which. Default: the first. */
  readonly label?: string | undefined;
  readonly step: Step;
  readonly paging: Paging;
}

/** What the jobs that ended in the window cost at list price. */
export async function cost(reader: HistoryReader, query: CostQuery): Promise<Cost> {
  const { by, window, step, paging } = query;
  const keys = new GroupKeys(
    by,
    by === 'repository_label' ? await openLabelValues(reader, query.label) : null,
  );
  const question = { ...query, keys };
  const { groups, series } = await costOf(reader, question, step);
  const before = await spentBefore(reader, question);
  const ids = groups.all().flatMap(({ key }) => keys.numbersOf(key));
  const texts = await reader.texts([...ids, ...series.keys()]);
  const rows = groups.all().map((sums) => ({
    ...keys.namesOf(sums.key, texts),
    ...amountsOf(sums, changeOfMoney(sums.microDollars, before?.of(...sums.key).microDollars ?? null)),
  }));
  const spentThen = before && sumOf(before.all().map(({ microDollars }) => microDollars));
  const total = totalOf(groups);
  const page = pageOf<CostRow>(rows, paging, sortKeyOf, (row) =>
    JSON.stringify([
      row.sku,
      row.conclusion,
      row.repository,
      row.workflow,
      row.job_name,
      row.repository_label,
    ]),
  );
  return {
    ...headOf(reader, window, step),
    estimate: true,
    by,
    group_labels: await labelNames(reader),
    total: amountsOf(total, changeOfMoney(total.microDollars, spentThen)),
    series: seriesOf(series, texts),
    rows: page.rows,
    groups: rows.length,
    cursor: page.cursor,
  };
}

/** Micro dollars by group in the window before; null if less than that is kept. */
async function spentBefore(
  reader: HistoryReader,
  query: CostQuestion,
): Promise<Awaited<ReturnType<typeof microDollarsOf>> | null> {
  const window = await windowBefore(reader, query.window);
  return window && microDollarsOf(reader, { ...query, window });
}

function amountsOf(sums: CostSums, change: Change): CostRow {
  return {
    jobs: sums.jobs,
    total_seconds: sums.durationMs / 1000,
    billed_seconds: sums.billedSeconds,
    unpriced_seconds: sums.unpricedSeconds,
    dollars: dollarsOf(sums.microDollars),
    wasted_dollars: {
      failed: dollarsOf(sums.failed),
      cancelled: dollarsOf(sums.cancelled),
      rerun: dollarsOf(sums.rerun),
    },
    change,
  };
}

function changeOfMoney(microDollars: number, before: number | null): Change {
  const change = changeOf(microDollars, before);
  return change && { ...change, absolute: dollarsOf(change.absolute) };
}

function sortKeyOf(row: CostRow, field: string): number {
  return row[field as 'dollars' | 'total_seconds' | 'billed_seconds' | 'jobs'];
}

function seriesOf(series: CostSeries, texts: ReadonlyMap<number, string>): Cost['series'] {
  return Array.from(series, ([sku, points]) => ({
    sku: texts.get(sku) ?? '',
    spent: sumOf(points.values()),
    points: Array.from(
      points,
      ([startMs, microDollars]) => [isoTime(startMs), dollarsOf(microDollars)] as const,
    ).sort(([a], [b]) => (a < b ? -1 : 1)),
  }))
    .sort((a, b) => b.spent - a.spent || (a.sku < b.sku ? -1 : 1))
    .map(({ sku, points }) => ({ sku, points }));
}

function sumOf(values: Iterable<number>): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

function dollarsOf(microDollars: number): number {
  return microDollars / 1e6;
}
