import { nearestIndex } from '../domain/nearest-rank.ts';
import type { Window } from '../domain/queries.ts';
import { Intervals } from './intervals.ts';
import { MomentSorter } from './moments.ts';
import type { Demand } from './replay.ts';
import { selected } from './select.ts';
import type { ServedJobs } from './served-jobs.ts';

/*
 * From the jobs of a window to what can be replayed, and to what was observed.
 */

export interface WindowDemand {
  readonly demand: Demand;
  /** How long each job that counts waited, in no order; until now, if it still waits. */
  readonly observedMs: Float64Array;
  /** The most that ran at the same time. */
  readonly maxConcurrency: number;
  /** Jobs that waited or ran when the window began. They do not count. */
  readonly earlier: number;
  /** Jobs whose wait is not known. They do not count either. */
  readonly unknown: number;
  /** Of those that count. */
  readonly stillWaiting: number;
  readonly stillRunning: number;
}

/**
 * Jobs that began to wait in the window count. What waited or ran when it began is served first. What began to
 * wait after it changes nothing: nobody is overtaken.
 */
export function demandOf(jobs: ServedJobs, window: Window, nowMs: number): WindowDemand {
  const part = { fromMs: window.fromMs, toMs: Math.min(window.toMs, nowMs) };
  const places = placesOf(jobs, part.fromMs);
  const order = servingOrder(jobs, places, part);
  const demand = {
    arrivesAtMs: new Float64Array(order.length),
    durationMs: new Float64Array(order.length),
    isCounted: new Uint8Array(order.length),
    ...part,
  };
  for (let at = 0; at < order.length; at += 1) {
    const job = order[at] as number;
    const arrival = places.arrivesAtMs[job] as number;
    demand.arrivesAtMs[at] = arrival;
    demand.durationMs[at] = places.durationMs[job] as number;
    demand.isCounted[at] = Number(arrival === jobs.arrivesAtMs[job] && arrival >= part.fromMs);
  }
  return { demand, ...observedOf(jobs, order, demand, nowMs), maxConcurrency: maxConcurrency(jobs, part) };
}

/** What happened in truth. */
function observedOf(
  jobs: ServedJobs,
  order: Int32Array,
  { isCounted, arrivesAtMs, fromMs }: Demand,
  nowMs: number,
) {
  const counts = { earlier: 0, unknown: 0, stillWaiting: 0, stillRunning: 0 };
  const waitsMs = new Float64Array(order.length);
  let counted = 0;
  for (let at = 0; at < order.length; at += 1) {
    const job = order[at] as number;
    const arrival = arrivesAtMs[at] as number;
    if (isCounted[at] === 0) {
      if (arrival < fromMs) counts.earlier += 1;
      else counts.unknown += 1;
      continue;
    }
    const startMs = jobs.startsAtMs[job] as number;
    const isWaiting = Number.isNaN(startMs);
    if (isWaiting) counts.stillWaiting += 1;
    else counts.stillRunning += jobs.isOpen[job] as number;
    waitsMs[counted] = (isWaiting ? nowMs : startMs) - arrival;
    counted += 1;
  }
  return { ...counts, observedMs: waitsMs.subarray(0, counted) };
}

/** How each job is served. */
interface Places {
  /** NaN: it is not served. */
  readonly arrivesAtMs: Float64Array;
  readonly durationMs: Float64Array;
}

function placesOf(jobs: ServedJobs, fromMs: number): Places {
  const places = { arrivesAtMs: new Float64Array(jobs.size), durationMs: new Float64Array(jobs.size) };
  let typicalMs: number | null = null;
  for (let job = 0; job < jobs.size; job += 1) {
    const arrival = jobs.arrivesAtMs[job] as number;
    const startMs = jobs.startsAtMs[job] as number;
    const knownMs = jobs.durationMs[job] as number;
    if (Number.isNaN(knownMs)) typicalMs ??= medianDuration(jobs);
    const durationMs = Number.isNaN(knownMs) ? (typicalMs ?? 0) : knownMs;
    const hasStarted = startMs < fromMs;
    const leftMs = startMs + durationMs - fromMs;
    // What has its runner already is before anybody that waits.
    if (hasStarted) places.arrivesAtMs[job] = leftMs > 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
    else places.arrivesAtMs[job] = Number.isNaN(arrival) ? startMs : arrival;
    places.durationMs[job] = hasStarted ? leftMs : durationMs;
  }
  return places;
}

/** 0 if no duration is known. */
function medianDuration({ durationMs, isOpen, size }: ServedJobs): number {
  const known = durationMs.slice(0, size).filter((each, job) => isOpen[job] === 0 && !Number.isNaN(each));
  return known.length === 0 ? 0 : selected(known, nearestIndex(known.length, 0.5));
}

/**
 * The jobs that are served, from first to last. Those that began to wait at the same time are served as they
 * were in truth.
 */
function servingOrder(jobs: ServedJobs, { arrivesAtMs }: Places, part: Window): Int32Array {
  const all = Int32Array.from({ length: jobs.size }, (_, job) => job);
  const early = all.filter((job) => (arrivesAtMs[job] as number) < part.fromMs);
  const later = new MomentSorter().sorted({ atMs: arrivesAtMs, groups: all }, part).groups;
  const order = new Int32Array(early.length + later.length);
  // Which of two is served first. Those that still wait come last.
  const compare = (a: number, b: number) => {
    const [first, second] = [arrivesAtMs[a] as number, arrivesAtMs[b] as number];
    if (first !== second) return first < second ? -1 : 1;
    const [started, other] = [jobs.startsAtMs[a] as number, jobs.startsAtMs[b] as number];
    return Number.isNaN(started) || Number.isNaN(other)
      ? Number(Number.isNaN(started)) - Number(Number.isNaN(other))
      : started - other;
  };
  order.set(early.sort(compare));
  sortEqual(later, (job) => arrivesAtMs[job] as number, compare);
  order.set(later, early.length);
  return order;
}

/** Sorts neighbours of the same key, which most often is in order. */
function sortEqual(
  jobs: Int32Array,
  keyOf: (job: number) => number,
  compare: (a: number, b: number) => number,
): void {
  for (let from = 0, to = 1; from < jobs.length; from = to, to += 1) {
    const key = keyOf(jobs[from] as number);
    let isInOrder = true;
    for (; to < jobs.length && keyOf(jobs[to] as number) === key; to += 1)
      if (compare(jobs[to - 1] as number, jobs[to] as number) > 0) isInOrder = false;
    if (!isInOrder) jobs.subarray(from, to).sort(compare);
  }
}

function maxConcurrency({ startsAtMs, durationMs, size }: ServedJobs, window: Window): number {
  const running = new Intervals(window);
  for (let job = 0; job < size; job += 1) {
    const startMs = startsAtMs[job] as number;
    running.add(startMs, startMs + (durationMs[job] as number));
  }
  return running.countBack(Float64Array.of(window.fromMs, window.toMs)).peaks[0] ?? 0;
}
