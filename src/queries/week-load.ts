import type { HistoryFilters, HistoryReader, OpenJob, Window } from '../domain/queries.ts';
import { HOURS_OF_WEEK, openWeekHours, slotAfter } from '../domain/week-hours.ts';
import { Intervals, piecesBack } from './intervals.ts';

export interface WeekLoadQuery {
  readonly window: Window;
  readonly filters: HistoryFilters;
  /** An IANA name. */
  readonly timeZone: string;
}

/** What ran in one hour of the week. */
export interface WeekHour {
  /** Of all jobs and weeks. */
  readonly busyMs: number;
  /** The most at the same time. */
  readonly peak: number;
  /** How much of this hour the history knows, in all weeks together. */
  readonly lengthMs: number;
}

/** What ran in each part of the window in which no hour begins. */
interface Slots {
  readonly edges: Float64Array;
  readonly busyMs: Float64Array;
  readonly peaks: Int32Array;
}

/**
 * How much ran in each hour of the week, exactly: each job from its start until before its end. `open` are the
 * jobs that are not over.
 */
export async function readWeekLoad(
  reader: HistoryReader,
  { window, filters, timeZone }: WeekLoadQuery,
  open: readonly OpenJob[],
): Promise<readonly WeekHour[]> {
  const jobs = new Intervals(window);
  const toMs = Math.min(window.toMs, reader.nowMs);
  const slots = openSlots({ fromMs: window.fromMs, toMs });
  // The history may know jobs that began before the first end.
  let beginsAtMs = (await reader.beginsAtMs()) ?? reader.nowMs;
  const add = (startMs: number, endMs: number) => {
    if (jobs.add(startMs, endMs) > 0 && startMs < beginsAtMs) beginsAtMs = startMs;
  };
  for (const { status, startedAtMs } of open)
    if (status === 'in_progress' && startedAtMs !== null) add(startedAtMs, reader.nowMs);
  for (const { first, edges, facts } of piecesBack(slots.edges, window)) {
    for await (const batch of reader.finishedJobs(facts, filters, ['endedAtMs', 'durationMs'])) {
      const { size, endedAtMs, durationMs } = batch;
      for (let row = 0; row < size; row += 1) {
        const endMs = endedAtMs[row] as number;
        add(endMs - (durationMs[row] as number), endMs);
      }
    }
    const { busyMs, peaks } = jobs.countBack(edges);
    slots.busyMs.set(busyMs, first);
    slots.peaks.set(peaks, first);
  }
  return hoursOf(slots, { fromMs: Math.max(window.fromMs, beginsAtMs), toMs }, timeZone);
}

function openSlots({ fromMs, toMs }: Window): Slots {
  const edges = [fromMs];
  for (let at = fromMs; at < toMs; at = edges.at(-1) as number) edges.push(Math.min(toMs, slotAfter(at)));
  const busyMs = new Float64Array(edges.length - 1);
  return { edges: Float64Array.from(edges), busyMs, peaks: new Int32Array(busyMs.length) };
}

/** Before `known` nothing ran. */
function hoursOf({ edges, busyMs, peaks }: Slots, known: Window, timeZone: string): WeekHour[] {
  const hours = Array.from({ length: HOURS_OF_WEEK }, () => ({ busyMs: 0, peak: 0, lengthMs: 0 }));
  const hourOf = openWeekHours(timeZone);
  for (let slot = 0; slot + 1 < edges.length; slot += 1) {
    const [beginMs, endMs] = [Math.max(known.fromMs, edges[slot] as number), edges[slot + 1] as number];
    if (beginMs >= endMs) continue;
    const hour = hours[hourOf(beginMs)] as (typeof hours)[number];
    hour.busyMs += busyMs[slot] as number;
    hour.lengthMs += endMs - beginMs;
    hour.peak = Math.max(hour.peak, peaks[slot] as number);
  }
  return hours;
}
