import { LONGEST_RUN_MS } from '../domain/forgetting.ts';
import { isoTime } from '../domain/iso-time.ts';
import { rankOf } from '../domain/now-diff.ts';
import type { Load, LoadPoints } from '../domain/openapi-types.ts';
import type { HistoryFilters, HistoryReader, Window } from '../domain/queries.ts';
import { STEP_MS, type Step, stepStart } from '../domain/steps.ts';
import { headOf } from './answer.ts';
import { ascending } from './ascending.ts';
import { openIntervals, openSweep } from './intervals.ts';
import { joined } from './number-list.ts';

export interface LoadQuery {
  readonly by: Load['by'];
  readonly window: Window;
  readonly step: Step;
  readonly filters: HistoryFilters;
  readonly limit: number;
}

const COLUMNS = { runs_on: 'runsOn', repository: 'repository' } as const;

/** How many jobs waited for a runner, and ran, at the same time. */
export async function load(reader: HistoryReader, query: LoadQuery): Promise<Load> {
  const { by, window, step, limit } = query;
  const groups = await readGroups(reader, query);
  const busiest = Array.from(groups)
    .map(([name, { queued, running }]) => ({
      name,
      queued,
      running,
      sumMs: queued.sumMs() + running.sumMs(),
    }))
    .filter(({ sumMs }) => sumMs > 0)
    .sort((a, b) => b.sumMs - a.sumMs || (a.name < b.name ? -1 : 1));
  const until = { fromMs: window.fromMs, toMs: Math.min(window.toMs, reader.nowMs) };
  return {
    ...headOf(reader, window, step),
    by,
    groups: busiest.length,
    total: pointsOf([...groups.values()], until, step),
    series: busiest.slice(0, limit).map(({ name, ...group }) => ({
      [by]: name,
      points: pointsOf([group], until, step),
    })),
  };
}

/** When the jobs of a group waited, and when they ran. */
interface Group {
  readonly queued: Intervals;
  readonly running: Intervals;
}
type Intervals = ReturnType<typeof openIntervals>;

type Groups<Key> = Map<Key, Group>;

async function readGroups(reader: HistoryReader, query: LoadQuery): Promise<Groups<string>> {
  const { by, window, filters } = query;
  const byId = await readFacts(reader, query);
  const names = await reader.texts(byId.keys());
  const groups: Groups<string> = new Map(Array.from(byId, ([id, group]) => [names.get(id) ?? '', group]));
  for (const { status, beganAtMs, isStale, ...job } of await reader.openJobs(filters)) {
    if (isStale) continue;
    const { queued, running } = groupOf(groups, job[COLUMNS[by]], window);
    if (status === 'in_progress') running.add(beganAtMs, reader.nowMs);
    else if (rankOf(status) === 0) queued.add(beganAtMs, reader.nowMs);
  }
  return groups;
}

async function readFacts(reader: HistoryReader, { by, window, filters }: LoadQuery): Promise<Groups<number>> {
  const groups: Groups<number> = new Map();
  const column = COLUMNS[by];
  // What waited or ran in the window may have started or ended after it.
  const later = { fromMs: window.fromMs, toMs: window.toMs + LONGEST_RUN_MS };
  for await (const batch of reader.startedJobs(later, filters, ['startedAtMs', 'queueMs', column]))
    for (let row = 0; row < batch.size; row += 1) {
      const startMs = batch.startedAtMs[row] ?? 0;
      const group = groupOf(groups, batch[column][row] ?? 0, window);
      group.queued.add(startMs - (batch.queueMs[row] ?? 0), startMs);
    }
  const ends = ['endedAtMs', 'durationMs', 'queuedAtMs', column] as const;
  for await (const batch of reader.finishedJobs(later, filters, ends))
    for (let row = 0; row < batch.size; row += 1) {
      const endMs = batch.endedAtMs[row] ?? 0;
      const group = groupOf(groups, batch[column][row] ?? 0, window);
      group.running.add(endMs - (batch.durationMs[row] ?? Number.NaN), endMs);
      group.queued.add(batch.queuedAtMs[row] ?? Number.NaN, endMs);
    }
  return groups;
}

function groupOf<Key>(groups: Groups<Key>, key: Key, window: Window): Group {
  const group = groups.get(key) ?? { queued: openIntervals(window), running: openIntervals(window) };
  groups.set(key, group);
  return group;
}

/** Of the steps in which something waited or ran. Averages are over the part of a step in the window. */
function pointsOf(groups: readonly Group[], { fromMs, toMs }: Window, step: Step): LoadPoints {
  const points: LoadPoints[number][] = [];
  const sweepQueued = sweepOf(groups.map(({ queued }) => queued));
  const sweepRunning = sweepOf(groups.map(({ running }) => running));
  for (let startMs = fromMs; startMs < toMs; ) {
    const endMs = Math.min(toMs, stepStart(startMs, step) + STEP_MS[step]);
    const waited = sweepQueued(startMs, endMs);
    const ran = sweepRunning(startMs, endMs);
    const averageOf = ({ busyMs }: { readonly busyMs: number }) => busyMs / (endMs - startMs);
    if (waited.peak + ran.peak > 0)
      points.push([
        isoTime(stepStart(startMs, step)),
        averageOf(waited),
        waited.peak,
        averageOf(ran),
        ran.peak,
      ]);
    startMs = endMs;
  }
  return points;
}

/** Of all of them together. */
function sweepOf(intervals: readonly Intervals[]): ReturnType<typeof openSweep> {
  const starts = joined(intervals.map((each) => each.starts()));
  const ends = joined(intervals.map((each) => each.ends()));
  return openSweep(ascending(starts), ascending(ends));
}
