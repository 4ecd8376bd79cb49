import { LONGEST_RUN_MS } from '../forgetting.ts';
import type { Status } from '../observation.ts';

/*
 * When work that is not over, as far as is known, can't be alive any more: its end was never told. A ghost leaves the gauges of what
 * is active and is counted as stale. What GitHub no longer knows is one at once (gone.ts).
 */

const HOUR_MS = 3_600_000;

/** GitHub ends a job that no runner took for a day. https://docs.github.com/actions/reference/limits */
const MAX_QUEUED_MS = 24 * HOUR_MS;
/**
 * For so long it is taken as true that GitHub's API said that something is not over; no limit makes that a
 * ghost.
 */
const MAX_CONFIRMED_MS = 24 * HOUR_MS;

/** A job in one of these waits for a runner, and for nothing else. */
export const WAITS_FOR_RUNNER: readonly Status[] = ['requested', 'queued'];

/** The moments that tell a ghost. */
export interface StaleLimits {
  /** Of jobs that have waited for a runner since before. */
  readonly queuedSince: number;
  /**
   * Of jobs in any other status since before, and of attempts of runs that began before, whatever their
   * status.
   */
  readonly livingSince: number;
  /** What GitHub said later than this to be not over is no ghost. */
  readonly confirmedSince: number;
}

export function staleLimits(nowMs: number): StaleLimits {
  return {
    queuedSince: nowMs - MAX_QUEUED_MS,
    livingSince: nowMs - LONGEST_RUN_MS,
    confirmedSince: nowMs - MAX_CONFIRMED_MS,
  };
}
