import { isoTime } from '../domain/iso-time.ts';
import type { QueueGroup, QueueSeries, Queues } from '../domain/openapi-types.ts';
import type { HistoryReader, Window } from '../domain/queries.ts';
import { changeOf, headOf, secondsOf, windowBefore } from './answer.ts';
import { fewValues } from './few-values.ts';
import { openLabelValues } from './label-values.ts';
import { nearestRanks } from './nearest-ranks.ts';
import { type Paging, pageOf } from './paging.ts';
import { type Grouping, readGroupNames, readWaits, type Waits } from './queue-groups.ts';
import { labelNames } from './repository-labels.ts';
import { TupleIds } from './tuple-ids.ts';

export interface QueuesQuery extends Omit<Grouping, 'labels'>, Paging {
  readonly window: Window;
  /** With `by: 'repository_label'`: which. Default: the first. */
  readonly label?: string | undefined;
}

/** How long jobs waited for a runner, of those that started in the window. */
export async function queues(reader: HistoryReader, query: QueuesQuery): Promise<Queues> {
  const { by, window, step } = query;
  const labels = by === 'repository_label' ? await openLabelValues(reader, query.label) : null;
  const grouping = { ...query, labels };
  const ids = new TupleIds();
  const waits = await readWaits(reader, window, grouping, ids);
  const names = await readGroupNames(reader, grouping, ids);
  const groups = names.map((_, group) => group);
  const { rows: shown, cursor } = pageOf(groups, query, sortKeysOf(waits, groups), (group) =>
    JSON.stringify(names[group]),
  );
  const before = await windowBefore(reader, window);
  const past = before && (await readWaits(reader, before, grouping, ids));
  const pastMs = past?.valuesMs.of(shown);
  const points = pointsOf(waits, shown);
  const totalMs = groups.reduce((sum, group) => sum + waits.totalsMs.of(group), 0);
  return {
    ...headOf(reader, window, step),
    by,
    group_labels: await labelNames(reader),
    total: summaryOf(waits.valuesMs.all(), totalMs, past?.valuesMs.all()),
    series: shown.map((group, row) => ({ ...names[group], points: points[row] ?? [] })),
    summary: waits.valuesMs.of(shown).map((valuesMs, row) => {
      const group = shown[row] ?? 0;
      return { ...names[group], ...summaryOf(valuesMs, waits.totalsMs.of(group), pastMs?.[row]) };
    }),
    groups: groups.length,
    cursor,
  };
}

const SHARES: Readonly<Record<string, number>> = { p50: 0.5, p95: 0.95, p99: 0.99, max: 1 };

/** What groups are ordered by. */
function sortKeysOf({ valuesMs, counts, totalsMs }: Waits, groups: readonly number[]) {
  let ranks: readonly (number | undefined)[] | null = null;
  return (group: number, field: string): number => {
    if (field === 'count') return counts.of(group);
    if (field === 'total_seconds') return totalsMs.of(group);
    ranks ??= valuesMs.of(groups).map((each) => nearestRanks(each, [SHARES[field] ?? 1])[0]);
    return ranks[group] ?? 0;
  };
}

/** `pastMs` are those of the window before; undefined if less than that is kept. Moves the values. */
function summaryOf(waitsMs: Float64Array, totalMs: number, pastMs: Float64Array | undefined): QueueGroup {
  const [p50, p95, p99, max] = ranksOf(waitsMs).map(secondsOf);
  const pastP95 = pastMs && secondsOf(nearestRanks(pastMs, [0.95])[0] ?? Number.NaN);
  return {
    count: waitsMs.length,
    values: fewValues(waitsMs),
    p50: p50 ?? null,
    p95: p95 ?? null,
    p99: p99 ?? null,
    max: max ?? null,
    total_seconds: totalMs / 1000,
    change: changeOf(p95 ?? null, pastP95 ?? null),
  };
}

function ranksOf(waitsMs: Float64Array): number[] {
  return nearestRanks(waitsMs, Object.values(SHARES));
}

/** Of each of the groups. */
function pointsOf({ valuesMs, steps }: Waits, groups: readonly number[]): QueueSeries['points'][] {
  const points: QueueSeries['points'][number][][] = groups.map(() => []);
  for (const [at, { startMs, part }] of steps.entries()) {
    for (const [row, waitsMs] of valuesMs.of(groups, part, steps[at + 1]?.part).entries()) {
      const [p50 = 0, p95 = 0, p99 = 0, max = 0] = ranksOf(waitsMs).map((each) => each / 1000);
      if (waitsMs.length > 0) points[row]?.push([isoTime(startMs), waitsMs.length, p50, p95, p99, max]);
    }
  }
  return points;
}
