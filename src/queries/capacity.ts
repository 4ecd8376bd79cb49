import { nearestIndex } from '../domain/nearest-rank.ts';
import type { Capacity, CapacityPoint } from '../domain/openapi-types.ts';
import type { HistoryReader, Window } from '../domain/queries.ts';
import { headOf, secondsOf } from './answer.ts';
import { assumptionsOf } from './assumptions.ts';
import { demandOf } from './demand.ts';
import { type Demand, type Replayed, replay } from './replay.ts';
import { selected } from './select.ts';
import { readServedJobs } from './served-jobs.ts';

export interface CapacityQuery {
  readonly window: Window;
  readonly runsOn: string;
  readonly targetP95Ms: number;
}

const MOST_POINTS = 200;
/** With more jobs there are fewer points: so many jobs are served for them all together. */
const MOST_SERVED = 2_000_000;
const LEAST_POINTS = 20;

/** How long the jobs of a window would have waited with another number of runners. */
export async function capacity(reader: HistoryReader, query: CapacityQuery): Promise<Capacity> {
  const { window, runsOn, targetP95Ms } = query;
  const { jobs, dollarsPerSecond } = await readServedJobs(reader, window, runsOn);
  const found = demandOf(jobs, window, reader.nowMs);
  const { demand, observedMs, maxConcurrency } = found;
  const replays = openReplays(demand);
  const observed = (p: number) => selected(observedMs, nearestIndex(observedMs.length, p));
  const hasJobs = observedMs.length > 0;
  const enough = hasJobs ? replays.fewest(0) : null;
  const needed = hasJobs ? replays.fewest(targetP95Ms) : null;
  const observedRunners = Math.max(1, maxConcurrency);
  const numbers = enough === null || needed === null ? [] : spread(enough, needed, demand);
  return {
    ...headOf(reader, window, null),
    runs_on: runsOn,
    target_p95: targetP95Ms / 1000,
    observed: {
      jobs: observedMs.length,
      p50: secondsOf(observed(0.5)),
      p95: secondsOf(observed(0.95)),
      max_concurrency: maxConcurrency,
    },
    replayed_at_observed: hasJobs ? waitsOf(replays.with(observedRunners)) : null,
    points: numbers.map((runners) => pointOf(replays.with(runners), demand, dollarsPerSecond)),
    needed,
    assumptions: assumptionsOf(found, dollarsPerSecond !== null),
  };
}

function openReplays(demand: Demand) {
  const known = new Map<number, Replayed>();
  const waits = new Float64Array(demand.arrivesAtMs.length);

  function replayWith(runners: number): Replayed {
    const replayed = known.get(runners) ?? replay(demand, runners, waits);
    known.set(runners, replayed);
    return replayed;
  }

  return {
    with: replayWith,
    /** The fewest runners with such a p95. No wait is longer with more of them. */
    fewest(p95Ms: number): number {
      const isEnough = (runners: number) => replayWith(runners).p95Ms <= p95Ms;
      let high = 1;
      while (!isEnough(high)) high *= 2;
      let low = Math.floor(high / 2);
      while (high - low > 1) {
        const middle = Math.floor((low + high) / 2);
        if (isEnough(middle)) high = middle;
        else low = middle;
      }
      return high;
    },
  };
}

/** Every number from 1 to `last`, or as many as there may be, at equal distances, with `needed` among them. */
function spread(last: number, needed: number, { arrivesAtMs }: Demand): readonly number[] {
  const affordable = Math.max(LEAST_POINTS, Math.floor(MOST_SERVED / arrivesAtMs.length));
  const count = Math.min(MOST_POINTS, affordable, last);
  if (count === last) return Array.from({ length: last }, (_, index) => index + 1);
  // One place is for the number needed.
  const even = Array.from(
    { length: count - 1 },
    (_, index) => 1 + Math.round((index * (last - 1)) / (count - 2)),
  );
  return [...new Set([...even, needed])].sort((a, b) => a - b);
}

function waitsOf({ runners, p50Ms, p95Ms }: Replayed) {
  return { runners, p50: p50Ms / 1000, p95: p95Ms / 1000 };
}

function pointOf(
  replayed: Replayed,
  { fromMs, toMs }: Demand,
  dollarsPerSecond: number | null,
): CapacityPoint {
  const runnerMs = replayed.runners * (toMs - fromMs);
  return {
    ...waitsOf(replayed),
    max: replayed.maxMs / 1000,
    utilisation: replayed.busyMs / runnerMs,
    cost_dollars: dollarsPerSecond === null ? null : (runnerMs / 1000) * dollarsPerSecond,
  };
}
