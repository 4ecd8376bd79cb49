import type { Window } from '../domain/queries.ts';
import { HOURS_OF_WEEK, openWeekHours, slotAfter } from '../domain/week-hours.ts';

/** What ran in one hour of the week. */
export interface WeekHour {
  /** Of all jobs and weeks. */
  readonly busyMs: number;
  /** The most at the same time. */
  readonly peak: number;
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
  const hourOf = openWeekHours(timeZone);
  const sweep = openSweep(starts, ends);
  sweep(Number.NEGATIVE_INFINITY, fromMs);
  for (let at = fromMs; at < toMs; ) {
    const end = Math.min(toMs, slotAfter(at));
    const hour = hourOf(at);
    const slot = sweep(at, end);
    busyMs[hour] = (busyMs[hour] ?? 0) + slot.busyMs;
    peaks[hour] = Math.max(peaks[hour] ?? 0, slot.peak);
    at = end;
  }
  return Array.from(busyMs, (busy, hour) => ({ busyMs: busy, peak: peaks[hour] ?? 0 }));
}

/** Answers what ran from a time until before another, which is where the next call must begin. */
function openSweep(
  starts: Float64Array,
  ends: Float64Array,
): (fromMs: number, toMs: number) => { readonly busyMs: number; readonly peak: number } {
  let [started, ended] = [0, 0];
  return (fromMs, toMs) => {
    let busyMs = 0;
    let peak = 0;
    let at = fromMs;
    for (;;) {
      // Of what happens at the same moment, ends come first: the one job makes room for the other.
      const end = ends[ended] ?? Number.POSITIVE_INFINITY;
      const start = starts[started] ?? Number.POSITIVE_INFINITY;
      const next = Math.min(start, end, toMs);
      if (next > at) {
        const running = started - ended;
        peak = Math.max(peak, running);
        if (Number.isFinite(at)) busyMs += running * (next - at);
        at = next;
      }
      if (next >= toMs) return { busyMs, peak };
      if (end <= start) ended += 1;
      else started += 1;
    }
  };
}
