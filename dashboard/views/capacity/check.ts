import type { Capacity } from '../../../src/domain/openapi-types.ts';
import { formatDuration } from '../../format/duration.ts';

/* How near the replay comes to what happened. Pure: no browser. */

export interface Check {
  readonly isNear: boolean;
  /** What was compared. */
  readonly text: string;
  /** What it means for the numbers. */
  readonly verdict: string;
}

/** A start takes so long without anybody being at fault. */
const TOLERANCE_SECONDS = 15;
const TOLERANCE = 0.15;

/** Null: there is nothing to compare. */
export function checkOf({ observed, replayed_at_observed: replayed }: Capacity): Check | null {
  if (replayed === null || observed.p95 === null) return null;
  const difference = replayed.p95 - observed.p95;
  const isNear = Math.abs(difference) <= Math.max(TOLERANCE_SECONDS, TOLERANCE * observed.p95);
  const runners = replayed.runners === 1 ? '1 runner' : `${replayed.runners} runners`;
  const text = `${runners} were busy at most. With as many, the replay has a p95 of ${formatDuration(replayed.p95)} (p50 ${formatDuration(replayed.p50)}); ${formatDuration(observed.p95)} (p50 ${formatDuration(observed.p50)}) was observed.`;
  return { isNear, text, verdict: isNear ? NEAR : difference < 0 ? LESS : MORE };
}

const NEAR = 'The replay is close to what happened.';
const LESS =
  'Jobs really waited longer. Not all of these runners were there all the time, or a runner needs time to start. Take the numbers as the least that is needed.';
const MORE =
  'Jobs really waited less: they were not taken in the order in which they came. Take the numbers as the most that is needed.';
