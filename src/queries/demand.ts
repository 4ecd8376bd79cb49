import { nearestRank } from '../domain/nearest-rank.ts';
import type { Window } from '../domain/queries.ts';
import { openIntervals, openSweep } from './intervals.ts';
import type { Demand } from './replay.ts';
import type { ServedJob } from './served-jobs.ts';

/*
 * From the jobs of a window to what can be replayed, and to what was observed.
 */

export interface WindowDemand {
  readonly demand: Demand;
  /** How long each job that counts waited, ascending; until now, if it still waits. */
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

/** A job in the order in which jobs are served. */
interface Place {
  readonly arrivesAtMs: number;
  readonly durationMs: number;
  readonly kind: 'counted' | 'earlier' | 'unknown';
  readonly job: ServedJob;
}

/**
 * Jobs that began to wait in the window count. What waited or ran when it began is served first. What began to
 * wait after it changes nothing: nobody is overtaken.
 */
export function demandOf(jobs: readonly ServedJob[], window: Window, nowMs: number): WindowDemand {
  const part = { fromMs: window.fromMs, toMs: Math.min(window.toMs, nowMs) };
  const typicalMs = medianDuration(jobs);
  const places = jobs.flatMap((job) => placeOf(job, part, typicalMs)).sort(comparePlaces);
  const counted = places.filter(({ kind }) => kind === 'counted').map(({ job }) => job);
  const countKind = (asked: Place['kind']) => places.filter(({ kind }) => kind === asked).length;
  return {
    demand: {
      arrivesAtMs: Float64Array.from(places, ({ arrivesAtMs }) => arrivesAtMs),
      durationMs: Float64Array.from(places, ({ durationMs }) => durationMs),
      isCounted: Uint8Array.from(places, ({ kind }) => Number(kind === 'counted')),
      ...part,
    },
    observedMs: Float64Array.from(
      counted,
      (job) => (job.startsAtMs ?? nowMs) - (job.arrivesAtMs ?? 0),
    ).sort(),
    maxConcurrency: maxConcurrency(jobs, part),
    earlier: countKind('earlier'),
    unknown: countKind('unknown'),
    stillWaiting: counted.filter(({ startsAtMs }) => startsAtMs === null).length,
    stillRunning: counted.filter(({ isOpen, startsAtMs }) => isOpen && startsAtMs !== null).length,
  };
}

function placeOf(job: ServedJob, { fromMs, toMs }: Window, typicalMs: number): Place[] {
  const { arrivesAtMs, startsAtMs } = job;
  const durationMs = job.durationMs ?? typicalMs;
  if (startsAtMs !== null && startsAtMs < fromMs) {
    const leftMs = startsAtMs + durationMs - fromMs;
    // It has its runner already, before anybody that waits.
    return leftMs > 0
      ? [{ arrivesAtMs: Number.NEGATIVE_INFINITY, durationMs: leftMs, kind: 'earlier', job }]
      : [];
  }
  const arrival = arrivesAtMs ?? startsAtMs;
  if (arrival === null || arrival >= toMs) return [];
  const kind = arrival < fromMs ? 'earlier' : arrivesAtMs === null ? 'unknown' : 'counted';
  return [{ arrivesAtMs: arrival, durationMs, kind, job }];
}

/** Those that began to wait in the same second are served as they were in truth. */
function comparePlaces(a: Place, b: Place): number {
  if (a.arrivesAtMs !== b.arrivesAtMs) return a.arrivesAtMs < b.arrivesAtMs ? -1 : 1;
  const [first, second] = [a.job.startsAtMs, b.job.startsAtMs];
  if (first === null || second === null) return Number(first === null) - Number(second === null);
  return first - second;
}

/** 0 if no duration is known. */
function medianDuration(jobs: readonly ServedJob[]): number {
  const known = jobs.flatMap(({ durationMs, isOpen }) => (durationMs === null || isOpen ? [] : [durationMs]));
  return known.length === 0 ? 0 : nearestRank(Float64Array.from(known).sort(), 0.5);
}

function maxConcurrency(jobs: readonly ServedJob[], window: Window): number {
  const running = openIntervals(window);
  for (const { startsAtMs, durationMs } of jobs)
    if (startsAtMs !== null && durationMs !== null) running.add(startsAtMs, startsAtMs + durationMs);
  const { starts, ends } = running.sorted();
  return openSweep(starts, ends)(window.fromMs, window.toMs).peak;
}
