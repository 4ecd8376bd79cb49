import { countOf, type Increment } from './metric.ts';
import { SELF } from './own-metrics.ts';

/*
 * What is forgotten of what was done: runs, each with everything that is known of it. The numbers that they made stay.
 */

/**
 * GitHub ends every run after 35 days, whatever it waits for:
 * https://docs.github.com/actions/reference/limits
 */
export const LONGEST_RUN_MS = 35 * 24 * 3_600_000;

/**
 * What had its last word before may be forgotten. A run is never forgotten sooner than after the life that
 * GitHub gives it: until then GitHub may re-run it (for 30 days) and tell its jobs again.
 */
export function forgettableBeforeMs(retentionMs: number, nowMs: number): number {
  return nowMs - Math.max(retentionMs, LONGEST_RUN_MS);
}

/** Which runs are looked at, and which of them may go: those whose last word was before these moments. */
export interface ForgettingStep {
  /** Runs are looked at in the order of their ids, from the one behind this; null begins with the first. */
  readonly afterRunId: number | null;
  /** How many are looked at, at most. */
  readonly limit: number;
  /** For runs with nothing more to come. */
  readonly finishedBeforeMs: number;
  /** For runs of which something still runs, waits, or is held to be counted later. */
  readonly unfinishedBeforeMs: number;
}

/** What went, in states: attempts of runs, and jobs. */
export interface Forgotten {
  readonly runs: number;
  readonly jobs: number;
  /** Where the next step goes on; null at the end. */
  readonly lastRunId: number | null;
}

/** What the store forgets of what was done. */
export interface Forgetting {
  /**
   * Looks at the next few runs, in one short transaction, and deletes those that may go: all attempts, all
   * jobs and what was told of them at once, and never a part of a run. The last word about a run is the
   * latest of all its times and of the receipts of its deliveries. Moves `KnownStates.forgottenBeforeMs` in
   * the same transaction and counts `ant_watcher_forgotten_objects_total`; changes no other number.
   */
  forgetRuns(step: ForgettingStep): Promise<Forgotten>;
  /** Forgets workflows of which nothing was heard since; answers how many. */
  forgetWorkflows(beforeMs: number): Promise<number>;
}

export function forgottenCounts({ runs, jobs }: Forgotten): Increment[] {
  return Object.entries({ run: runs, job: jobs })
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => countOf(SELF.forgottenObjects, [kind], count));
}
