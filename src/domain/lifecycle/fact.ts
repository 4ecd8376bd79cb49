import type { FailureCause } from '../failure-cause.ts';
import type { JobNumber } from '../job-number.ts';
import type { DispatchObservation, IgnoredReason, JobObservation, RunObservation } from '../observation.ts';

/**
 * A duration that came out negative from GitHub's times and is counted as 0, or absurdly long and is left
 * out.
 */
export const ANOMALY_KINDS = [
  'job_queue',
  'job_approval',
  'job_duration',
  'run_duration',
  'step_duration',
] as const;
export type AnomalyKind = (typeof ANOMALY_KINDS)[number];

/** What the labels of a job's series are made of. A state has all of it too. */
export type JobWords = Pick<
  JobObservation,
  'repository' | 'workflow' | 'name' | 'runsOn' | 'jobId' | 'runId' | 'headSha'
>;

/** A job whose start on a runner is known. */
export type StartedJob = JobWords & { readonly startedAtMs: number };

/**
 * Something that happened at GitHub and is to be counted, exactly once. Facts speak in the words of the one
 * observation that established them, so that their labels don't depend on what else was told before.
 */
export type Fact =
  | { readonly kind: 'job_started'; readonly job: StartedJob; readonly queueMs: number }
  | { readonly kind: 'job_approved'; readonly job: JobWords; readonly approvalMs: number }
  /** `durationMs` is null too when no runner took the job. */
  | { readonly kind: 'job_completed'; readonly job: JobObservation; readonly durationMs: number | null }
  | { readonly kind: 'job_failed'; readonly job: JobWords; readonly cause: FailureCause }
  | { readonly kind: 'job_flaky'; readonly job: JobWords; readonly times: number }
  | { readonly kind: 'run_completed'; readonly run: RunObservation; readonly durationMs: number | null }
  | { readonly kind: 'run_repeated'; readonly run: RunObservation }
  | { readonly kind: 'dispatched'; readonly dispatch: DispatchObservation }
  | { readonly kind: 'numbers'; readonly numbers: readonly JobNumber[] }
  | { readonly kind: 'anomaly'; readonly anomaly: AnomalyKind }
  | { readonly kind: 'ignored'; readonly reason: IgnoredReason };

/** What one observation does: the state after it, and the facts that it established. */
export interface Transition<State> {
  readonly state: State;
  readonly facts: readonly Fact[];
}
