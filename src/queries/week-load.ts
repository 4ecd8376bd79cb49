import type { Window } from '../domain/queries.ts';
import { HOURS_OF_WEEK, openWeekHours, slotAfter } from '../domain/week-hours.ts';
import { openSweep } from './intervals.ts';

/** What ran in one hour of the week. */
export interface WeekHour {
  /** Of all jobs and weeks. */
  readonly busyMs: number;
  /** The most at the same time. */
  readonly peak: number;
  /** How much of this hour was looked at, in all weeks together. */
  readonly lengthMs: number;
}

/**
 * How much ran in each hour of the week in `timeZone`, exactly: each job from its start to its end, not
 * included. `starts` and `ends` are those of the same jobs, each ascending.
 */
export function weekLoad(
  starts: Float64Array,
  ends: Float64Array,
  { fromMs, toMs }: Window,
  timeZone: string,
): readonly WeekHour[] {
  const busyMs = new Float64Array(HOURS_OF_WEEK);
  const peaks = new Float64Array(HOURS_OF_WEEK);
  const lengthMs = new Float64Array(HOURS_OF_WEEK);
  const hourOf = openWeekHours(timeZone);
  const sweep = openSweep(starts, ends);
  sweep(Number.NEGATIVE_INFINITY, fromMs);
  for (let at = fromMs; at < toMs; ) {
    const end = Math.min(toMs, slotAfter(at));
    const hour = hourOf(at);
    const slot = sweep(at, end);
    busyMs[hour] = (busyMs[hour] ?? 0) + slot.busyMs;
    lengthMs[hour] = (lengthMs[hour] ?? 0) + end - at;
    peaks[hour] = Math.max(peaks[hour] ?? 0, slot.peak);
    at = end;
  }
  return Array.from(busyMs, (busy, hour) => ({
    busyMs: busy,
    peak: peaks[hour] ?? 0,
    lengthMs: lengthMs[hour] ?? 0,
  }));
}
