import { isoTime } from '../domain/iso-time.ts';
import { nearestRank } from '../domain/nearest-rank.ts';
import type { QueueGroup, QueueSeries, Queues } from '../domain/openapi-types.ts';
import type { HistoryReader, Window } from '../domain/queries.ts';
import { changeOf, headOf, secondsOf, windowBefore } from './answer.ts';
import { ascending } from './ascending.ts';
import { fewValues } from './few-values.ts';
import { joined } from './number-list.ts';
import { type Paging, pageOf } from './paging.ts';
import {
  type Grouping,
  type GroupNames,
  readGroupNames,
  readWaitGroups,
  type WaitGroup,
} from './queue-groups.ts';

export interface QueuesQuery extends Grouping, Paging {
  readonly window: Window;
}

/** How long jobs waited for a runner, of those that started in the window. */
export async function queues(reader: HistoryReader, query: QueuesQuery): Promise<Queues> {
  const { by, window, step } = query;
  const groups = await readWaitGroups(reader, window, query);
  const before = await windowBefore(reader, window);
  const past = before === null ? null : await readWaitGroups(reader, before, query);
  const names = await readGroupNames(reader, by, groups);
  const pastNames = past && (await readGroupNames(reader, by, past));
  const pastWaits = past && new Map(past.map(({ waitsMs }, at) => [nameOf(pastNames?.[at]), waitsMs]));
  const rows = groups.map((group, at) => {
    const pastMs = pastWaits && (pastWaits.get(nameOf(names[at])) ?? []);
    return { names: names[at], group, summary: { ...names[at], ...summaryOf(group.waitsMs, pastMs) } };
  });
  const page = pageOf(
    rows,
    query,
    ({ summary }, field) => summary[field as 'p95'],
    (row) => nameOf(row.names),
  );
  return {
    ...headOf(reader, window, step),
    by,
    total: summaryOf(allWaits(groups), past && allWaits(past)),
    series: page.rows.map(({ group, ...row }) => ({ ...row.names, points: pointsOf(group) })),
    summary: page.rows.map(({ summary }) => summary),
    groups: rows.length,
    cursor: page.cursor,
  };
}

function nameOf(names: GroupNames | undefined): string {
  return JSON.stringify(names);
}

function allWaits(groups: readonly WaitGroup[]): Float64Array {
  return joined(groups.map(({ waitsMs }) => waitsMs));
}

/** `pastMs` are those of the window before; null if less than that is kept. */
function summaryOf(waitsMs: Float64Array, pastMs: ArrayLike<number> | null): QueueGroup {
  const waits = ascending(waitsMs);
  const p95 = secondsOf(nearestRank(waits, 0.95));
  return {
    count: waits.length,
    values: fewValues(waits),
    p50: secondsOf(nearestRank(waits, 0.5)),
    p95,
    p99: secondsOf(nearestRank(waits, 0.99)),
    max: secondsOf(nearestRank(waits, 1)),
    total_seconds: waits.reduce((sum, each) => sum + each, 0) / 1000,
    change: changeOf(p95, pastMs && secondsOf(nearestRank(ascending(pastMs), 0.95))),
  };
}

function pointsOf({ waitsMs, steps }: WaitGroup): QueueSeries['points'] {
  return steps.map(({ startMs, index }, at) => {
    const waits = ascending(waitsMs.subarray(index, steps[at + 1]?.index));
    const [p50, p95, p99, max] = [0.5, 0.95, 0.99, 1].map((p) => nearestRank(waits, p) / 1000);
    return [isoTime(startMs), waits.length, p50 ?? 0, p95 ?? 0, p99 ?? 0, max ?? 0];
  });
}
