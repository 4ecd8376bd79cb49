import type { FailureCause } from '../failure-cause.ts';
import type { FailureReason } from '../failure-reason.ts';
import type {
  AskedOutcome,
  DeploymentObservation,
  DispatchObservation,
  IgnoredReason,
  JobNumber,
  JobObservation,
  ReviewedJob,
  ReviewStatus,
  RunObservation,
} from '../observation.ts';
import type { RerunKind } from '../rerun-kind.ts';
import type { JobState } from './state.ts';

/**
 * A duration that came out negative from GitHub's times and counts as 0, or an absurdly long one that is left
 * out; and a time in the future, which is not used.
 */
export const ANOMALY_KINDS = [
  'job_queue',
  'job_approval',
  'job_duration',
  'run_queue',
  'run_duration',
  'step_duration',
  'deployment_duration',
  'future',
] as const;
export type AnomalyKind = (typeof ANOMALY_KINDS)[number];

/** What the labels of a job's series are made of. A state contains all of it too. */
export type JobWords = Pick<
  JobObservation,
  'repository' | 'workflow' | 'name' | 'runsOn' | 'jobId' | 'runId' | 'runAttempt' | 'headSha'
>;

/** A job that a name of another exporter may be counted of: with its branch. */
export type QueuedJob = JobWords & Pick<JobObservation, 'headBranch' | 'branch'>;

/** A job whose start on a runner is known. */
export type StartedJob = QueuedJob & Pick<JobObservation, 'runnerGroup'> & { readonly startedAtMs: number };

/** What the labels of an attempt that has settled are made of. */
export type RunWords = Pick<RunObservation, 'repository' | 'workflow'>;

/** An attempt that a name of another exporter may be counted of: with its branch. */
export type SeenRun = RunWords & Pick<RunObservation, 'headBranch' | 'branch'>;

/** An attempt of which a job has started; `startedAtMs` is when the first one did. */
export type StartedRun = RunWords &
  Pick<RunObservation, 'runId' | 'runAttempt' | 'conclusion'> & { readonly startedAtMs: number };

/** A job whose end is known. */
export type EndedJob = JobObservation | JobState;

/** The states of a deployment that count: how it ended, and that it is there no more. */
export const DEPLOYMENT_OUTCOMES = ['success', 'failure', 'error', 'inactive'] as const;
export type DeploymentOutcome = (typeof DEPLOYMENT_OUTCOMES)[number];

/**
 * Something that happened at GitHub and must be counted exactly once. A fact only contains what the one
 * observation that established it says, so that its labels don't depend on earlier observations.
 */
export type Fact =
  /** So many jobs of its name in its run have waited for a runner, or for an approval before that. */
  | { readonly kind: 'job_queued'; readonly job: QueuedJob; readonly times: number }
  | { readonly kind: 'job_started'; readonly job: StartedJob; readonly queueMs: number }
  | { readonly kind: 'job_approved'; readonly job: JobWords; readonly approvalMs: number }
  /** `durationMs` is also null if no runner took the job. */
  | { readonly kind: 'job_completed'; readonly job: JobObservation; readonly durationMs: number | null }
  /** Both its queue time and its end are known. */
  | { readonly kind: 'job_served'; readonly job: JobState; readonly queueMs: number }
  | { readonly kind: 'job_failed'; readonly job: EndedJob; readonly cause: FailureCause }
  /** Its annotations say why. */
  | { readonly kind: 'job_reason'; readonly job: JobState; readonly reason: FailureReason }
  /** GitHub was asked for them, or will not be. */
  | { readonly kind: 'reason_asked'; readonly outcome: AskedOutcome }
  | { readonly kind: 'job_flaky'; readonly job: EndedJob; readonly times: number }
  /** The job had failed, and then ran again: its time was wasted. */
  | { readonly kind: 'job_repeated'; readonly job: JobState & { readonly durationMs: number } }
  /** It was requested, as its first report shows; it has been in progress. */
  | { readonly kind: 'run_seen'; readonly run: SeenRun; readonly status: 'queued' | 'in_progress' }
  | { readonly kind: 'run_completed'; readonly run: RunObservation; readonly durationMs: number | null }
  /** It has reached that state for the first time. Durations are null if they are unknown, or have no meaning. */
  | {
      readonly kind: 'deployment_reached';
      readonly deployment: DeploymentObservation;
      readonly state: DeploymentOutcome;
      readonly durationMs: number | null;
      readonly sinceRunMs: number | null;
    }
  | {
      readonly kind: 'deployment_reviewed';
      readonly repository: string;
      readonly job: ReviewedJob;
      readonly status: Exclude<ReviewStatus, 'requested'>;
      readonly approvalMs: number | null;
    }
  /** `executionMs`: from there to the end of the attempt; null if that is unknown. */
  | {
      readonly kind: 'run_started';
      readonly run: StartedRun;
      readonly queueMs: number;
      readonly executionMs: number | null;
    }
  | { readonly kind: 'run_repeated'; readonly run: RunWords; readonly rerunKind: RerunKind }
  | { readonly kind: 'dispatched'; readonly dispatch: DispatchObservation }
  | { readonly kind: 'numbers'; readonly numbers: readonly JobNumber[] }
  | { readonly kind: 'anomaly'; readonly anomaly: AnomalyKind }
  | { readonly kind: 'ignored'; readonly reason: IgnoredReason };

export type FactOf<Kind extends Fact['kind']> = Extract<Fact, { readonly kind: Kind }>;

/** The effect of one observation: the state after it, and the facts that it established. */
export interface Transition<State> {
  readonly state: State;
  readonly facts: readonly Fact[];
}
