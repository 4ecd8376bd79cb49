import type { ListedRun } from '../domain/github-history.ts';
import type { FirstReads } from './first-reads.ts';
import { MAX_UNSETTLED } from './listing.ts';
import type { PassOptions } from './sync-options.ts';

export interface PollingOptions extends PassOptions {
  /** How often an active repository is read. */
  readonly intervalMs: number;
  readonly firstReads: FirstReads;
}

/** How a repository is polled. Its times are of `steady`. */
export interface Watch {
  readonly name: string;
  nextAtMs: number;
  intervalMs: number;
  /** When to look for old runs that were re-run. */
  deepAtMs: number;
  unsettled: readonly ListedRun[];
  /** What is too old in it, as in `ListingPass`; null before the first poll. */
  leftOut: ReadonlySet<string> | null;
  /** Its latest runs were read before the turn of its last day came. */
  isGlanced: boolean;
  /** Why it could not be read the last time, if only a person can fix that; null: otherwise. */
  blockedBy: string | null;
}

/** What all listings of a repository have in common. */
export function listingOf({ name, leftOut }: Watch, options: PollingOptions) {
  return { ...options, repository: name, ...(leftOut && { leftOut }) };
}

export function eachOnce(runs: readonly ListedRun[]): readonly ListedRun[] {
  return [...new Map(runs.map((run) => [run.runId, run])).values()].slice(-MAX_UNSETTLED);
}
