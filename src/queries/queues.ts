import type { QueueGroup, QueueSeries, Queues } from '../domain/openapi-types.ts';
import type { HistoryReader, Window } from '../domain/queries.ts';
import { changeOf, headOf, isoTime, secondsOf, windowBefore } from './answer.ts';
import { nearestRank } from './nearest-rank.ts';
import { type Paging, pageOf } from './paging.ts';
import { type Grouping, readGroupNames, readWaitGroups, type WaitGroup } from './queue-groups.ts';

export interface QueuesQuery extends Grouping, Paging {
  readonly window: Window;
}

/** Percentiles of fewer values say little. */
const FEW = 5;

/** How long jobs waited for a runner, of those that started in the window. */
export async function queues(reader: HistoryReader, query: QueuesQuery): Promise<Queues> {
  const { by, window, step } = query;
  const groups = await readWaitGroups(reader, window, query);
  const before = await windowBefore(reader, window);
  const past = before === null ? null : await readWaitGroups(reader, before, query);
  const names = await readGroupNames(reader, by, groups.keys());
  const rows = Array.from(groups, ([key, { waitsMs }]) => ({
    key,
    summary: { ...names.get(key), ...summaryOf(waitsMs, past && (past.get(key)?.waitsMs ?? [])) },
  }));
  const page = pageOf(
    rows,
    query,
    ({ summary }, field) => summary[field as 'p95'],
    ({ summary }) => [summary.repository, summary[by]].join('\n'),
  );
  return {
    ...headOf(reader, window, step),
    by,
    total: summaryOf(allWaits(groups), past && allWaits(past)),
    series: page.rows.map(({ key }) => ({ ...names.get(key), points: pointsOf(groups.get(key)) })),
    summary: page.rows.map(({ summary }) => summary),
    groups: rows.length,
    cursor: page.cursor,
  };
}

function allWaits(groups: ReadonlyMap<number, WaitGroup>): readonly number[] {
  return [...groups.values()].flatMap(({ waitsMs }) => waitsMs);
}

/** `pastMs` are those of the window before; null if less than that is kept. */
function summaryOf(waitsMs: readonly number[], pastMs: readonly number[] | null): QueueGroup {
  const waits = ascending(waitsMs);
  const p95 = secondsOf(nearestRank(waits, 0.95));
  return {
    count: waits.length,
    values: waits.length < FEW ? Array.from(waits, (each) => each / 1000) : null,
    p50: secondsOf(nearestRank(waits, 0.5)),
    p95,
    p99: secondsOf(nearestRank(waits, 0.99)),
    max: secondsOf(nearestRank(waits, 1)),
    total_seconds: waits.reduce((sum, each) => sum + each, 0) / 1000,
    change: changeOf(p95, pastMs && secondsOf(nearestRank(ascending(pastMs), 0.95))),
  };
}

function pointsOf(group: WaitGroup | undefined): QueueSeries['points'] {
  const { waitsMs, steps } = group ?? { waitsMs: [], steps: [] };
  return steps.map(({ startMs, index }, at) => {
    const waits = ascending(waitsMs.slice(index, steps[at + 1]?.index));
    const [p50, p95, p99, max] = [0.5, 0.95, 0.99, 1].map((p) => nearestRank(waits, p) / 1000);
    return [isoTime(startMs), waits.length, p50 ?? 0, p95 ?? 0, p99 ?? 0, max ?? 0];
  });
}

function ascending(values: readonly number[]): Float64Array {
  return Float64Array.from(values).sort();
}
