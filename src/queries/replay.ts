import { nearestIndex } from '../domain/nearest-rank.ts';
import { selected } from './select.ts';

/*
 * Jobs through a number of runners: first come, first served, each on whichever runner is free first.
 */

/** Jobs, in the order in which they are served. */
export interface Demand {
  /** Since when each waits. */
  readonly arrivesAtMs: Float64Array;
  readonly durationMs: Float64Array;
  /** 0: it is only served, and its wait does not count. */
  readonly isCounted: Uint8Array;
  /** When all runners are free. */
  readonly fromMs: number;
  /** Until when their use is measured. Jobs are served after it as well. */
  readonly toMs: number;
}

export interface Replayed {
  readonly runners: number;
  /** Nearest rank over all that count, also those that did not wait. NaN without any. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly maxMs: number;
  /** Of all runners together. */
  readonly busyMs: number;
}

/** `waits` is memory to work in, of as many numbers as there are jobs. */
export function replay(
  demand: Demand,
  runners: number,
  waits = new Float64Array(demand.arrivesAtMs.length),
): Replayed {
  const { arrivesAtMs, durationMs, isCounted, fromMs, toMs } = demand;
  // The times when runners become free: a heap, the earliest first.
  const free = new Float64Array(runners).fill(fromMs);
  let waited = 0;
  let counted = 0;
  let maxMs = 0;
  let busyMs = 0;
  for (let job = 0; job < arrivesAtMs.length; job += 1) {
    const firstMs = free[0] as number;
    const waitMs = firstMs - (arrivesAtMs[job] as number);
    const startMs = waitMs > 0 ? firstMs : (arrivesAtMs[job] as number);
    const endMs = startMs + (durationMs[job] as number);
    replaceFirst(free, endMs);
    if (endMs <= toMs) busyMs += endMs - startMs;
    else if (startMs < toMs) busyMs += toMs - startMs;
    if (isCounted[job] === 0) continue;
    counted += 1;
    if (waitMs <= 0) continue;
    if (waitMs > maxMs) maxMs = waitMs;
    waits[waited] = waitMs;
    waited += 1;
  }
  const above = waits.subarray(0, waited);
  // The higher one first: it leaves the lower ones on its left.
  const p95Ms = percentileOf(above, counted, 0.95);
  const p50Ms = percentileOf(above, counted, 0.5);
  return { runners, p50Ms, p95Ms, maxMs: counted === 0 ? Number.NaN : maxMs, busyMs };
}

/** Replaces the smallest value of a heap. */
function replaceFirst(heap: Float64Array, value: number): void {
  const { length } = heap;
  let at = 0;
  for (let child = 1; child < length; child = 2 * at + 1) {
    if (child + 1 < length && (heap[child + 1] as number) < (heap[child] as number)) child += 1;
    const smaller = heap[child] as number;
    if (smaller >= value) break;
    heap[at] = smaller;
    at = child;
  }
  heap[at] = value;
}

/** Of `count` values, of which only those above 0 are given. Moves them. */
function percentileOf(above: Float64Array, count: number, p: number): number {
  if (count === 0) return Number.NaN;
  const index = nearestIndex(count, p) - (count - above.length);
  return index < 0 ? 0 : selected(above, index);
}
