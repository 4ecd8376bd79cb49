import type { Window } from '../domain/queries.ts';
import { ascending } from './ascending.ts';
import { NumberList } from './number-list.ts';

/*
 * How much happened at the same time: intervals from a time until before another.
 */

/** Collects the parts of intervals that are in the window. */
export function openIntervals({ fromMs, toMs }: Window) {
  const starts = new NumberList();
  const ends = new NumberList();
  let sumMs = 0;
  return {
    /** NaN, which means that a time is not known, adds nothing. */
    add(startMs: number, endMs: number): void {
      const start = Math.max(fromMs, startMs);
      const end = Math.min(toMs, endMs);
      if (!(end > start)) return;
      starts.add(start);
      ends.add(end);
      sumMs += end - start;
    },
    sumMs: () => sumMs,
    starts: () => starts.numbers,
    ends: () => ends.numbers,
    sorted: () => ({ starts: ascending(starts.numbers), ends: ascending(ends.numbers) }),
  };
}

/** Answers what ran from a time until before another, which is where the next call must begin. */
export function openSweep(
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
