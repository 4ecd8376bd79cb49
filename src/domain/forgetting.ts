import type { DeploymentState, JobState, ReviewState, RunState } from './lifecycle/state.ts';
import { countOf, type Increment } from './metric.ts';
import { SELF } from './own-metrics.ts';

/*
 * Deleting old runs, each with everything that is known about it. The numbers that they counted stay.
 */

/**
 * GitHub ends every run after 35 days, whatever it waits for:
 * https://docs.github.com/actions/reference/limits
 */
export const LONGEST_RUN_MS = 35 * 24 * 3_600_000;

/**
 * Runs whose last event is older than this may be deleted. A run is never deleted before the end of the life
 * that GitHub gives it: until then GitHub may re-run it (for 30 days) and report its jobs again. If states
 * are kept for good (null), it is 0.
 */
export function forgettableBeforeMs(retentionMs: number | null, nowMs: number): number {
  return retentionMs === null ? 0 : nowMs - Math.max(retentionMs, LONGEST_RUN_MS);
}

/**
 * Which runs are checked, and which of them may be deleted: those whose last event was before these times.
 */
export interface ForgettingStep {
  /** Runs are checked in the order of their ids, after this one; null starts with the first. */
  readonly afterRunId: number | null;
  /** How many are checked at most. */
  readonly limit: number;
  /** For runs to which nothing more can happen. */
  readonly finishedBeforeMs: number;
  /** For runs of which something still runs, waits, or is held to be counted later. */
  readonly unfinishedBeforeMs: number;
}

/** The latest of its times. */
export function jobLastEventMs({ statusAtMs, completedAtMs, startedAtMs, createdAtMs }: JobState): number {
  return Math.max(statusAtMs, completedAtMs ?? 0, startedAtMs ?? 0, createdAtMs ?? 0);
}

export function runLastEventMs({ statusAtMs, updatedAtMs, runStartedAtMs, createdAtMs }: RunState): number {
  return Math.max(statusAtMs, updatedAtMs ?? 0, runStartedAtMs ?? 0, createdAtMs ?? 0);
}

/** The latest of its times, and of the receipts of its deliveries. */
export function deploymentLastEventMs(deployment: DeploymentState): number {
  const { createdAtMs, statusAtMs, heardAtMs } = deployment;
  const { successAtMs, failureAtMs, errorAtMs, inactiveAtMs } = deployment;
  const outcomes = [successAtMs, failureAtMs, errorAtMs, inactiveAtMs].map((atMs) => atMs ?? 0);
  return Math.max(createdAtMs ?? 0, statusAtMs, heardAtMs, ...outcomes);
}

export function reviewLastEventMs(review: ReviewState): number {
  const { createdAtMs, statusAtMs, approvedAtMs, rejectedAtMs, heardAtMs } = review;
  return Math.max(createdAtMs ?? 0, statusAtMs, approvedAtMs ?? 0, rejectedAtMs ?? 0, heardAtMs);
}

/** Whether something of it still runs, waits, or is held to be counted later. */
export function isJobOpen({ status, isJob, heldUntilMs }: JobState): boolean {
  return (status !== 'completed' && isJob) || heldUntilMs !== null;
}

export function isRunOpen({ status }: RunState): boolean {
  return status !== 'completed';
}

/** Of a run with all its attempts and jobs. */
export interface RunAge {
  readonly isOpen: boolean;
  readonly lastEventMs: number;
}

export function mayForget(
  { isOpen, lastEventMs }: RunAge,
  { finishedBeforeMs, unfinishedBeforeMs }: ForgettingStep,
): boolean {
  return lastEventMs < (isOpen ? unfinishedBeforeMs : finishedBeforeMs);
}

/** The last events of all that this step deletes are before this time. */
export function forgottenBeforeMs(
  { finishedBeforeMs, unfinishedBeforeMs }: ForgettingStep,
  nowMs: number,
): number {
  return Math.min(Math.max(finishedBeforeMs, unfinishedBeforeMs), nowMs);
}

/** How far the history is deleted. */
export interface ForgettingHistory {
  readonly beforeMs: number;
  /** For the steps of jobs. */
  readonly stepsBeforeMs: number;
  readonly limit: number;
}

/** How many states were deleted: attempts of runs, and jobs. */
export interface Forgotten {
  readonly runs: number;
  readonly jobs: number;
  /** With the reviews that jobs waited for. */
  readonly deployments: number;
  /** Where the next step continues; null at the end. */
  readonly lastRunId: number | null;
}

/** Deletes old state. */
export interface Forgetting {
  /**
   * Checks the next few runs, in one short transaction, and deletes those that may go. A run is deleted as a
   * whole: all attempts, all jobs, and the observations of them. Its last event is the latest of all its
   * times and of the receipts of its deliveries. Deployments go by their own last events, `limit` at most. Moves `KnownStates.forgottenBeforeMs` and counts
   * `ant_watcher_forgotten_objects_total` in the same transaction; changes no other number.
   */
  forgetRuns(step: ForgettingStep): Promise<Forgotten>;
  /**
   * Deletes what happened before these times from the history (history.ts), the oldest first, `limit` rows of
   * each table at most. Returns how many.
   */
  forgetHistory(step: ForgettingHistory): Promise<number>;
  /** Deletes workflows of which nothing was heard since. Returns how many. */
  forgetWorkflows(beforeMs: number): Promise<number>;
}

export function forgottenCounts({ runs, jobs, deployments }: Forgotten): Increment[] {
  return Object.entries({ run: runs, job: jobs, deployment: deployments })
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => countOf(SELF.forgottenObjects, [kind], count));
}
