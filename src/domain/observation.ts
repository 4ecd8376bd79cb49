import type { DeliverySource } from './delivery.ts';
import type { FailureReason } from './failure-reason.ts';
import type { ReportedRepository } from './repository-labels.ts';

/*
 * What one delivery (or one REST object) says about one run attempt, one job or one dispatch, at one time.
 * Both of GitHub's sources become these shapes, so one transition function serves both. Every field that
 * GitHub may omit is null here; nothing is invented. Ids are below 2^53 (job ids passed 10^11 in 2026), so a
 * JavaScript number holds them exactly. Times are milliseconds since the epoch.
 */

/** By rank, except that a job may go from `waiting` back to `queued` (approval gates). */
export type Status = 'requested' | 'queued' | 'pending' | 'waiting' | 'in_progress' | 'completed';

interface Observed {
  readonly source: DeliverySource;
  readonly observedAtMs: number;
  /** The repository's full name, `owner/name`. */
  readonly repository: string;
  /** The label of the workflow (workflow-name.ts). */
  readonly workflow: string;
}

export interface Step {
  readonly number: number;
  readonly name: string;
  readonly status: string;
  readonly conclusion: string | null;
  readonly startedAtMs: number | null;
  readonly completedAtMs: number | null;
}

/** What a payload says that only traces show. */
interface TraceWords {
  /** The repository's custom property `service_name`. */
  readonly serviceName: string | null;
  /** Whether the head branch has the name of the repository's default branch. */
  readonly isDefaultBranch: boolean;
}

export interface JobTraceWords extends TraceWords {
  readonly runnerGroupId: number | null;
}

export interface RunTraceWords extends TraceWords {
  /** The number of its pull request; null unless there is exactly one. */
  readonly pullRequest: number | null;
  /** The paths of reusable workflows that it called, with their versions. */
  readonly reusedWorkflows: readonly string[];
  readonly actor: string | null;
  readonly triggeringActor: string | null;
  /** The name of who wrote the commit. */
  readonly author: string | null;
}

export interface JobObservation extends Observed {
  readonly kind: 'job';
  /** Absent where nobody asks for traces. */
  readonly forTrace?: JobTraceWords;
  readonly jobId: number;
  readonly runId: number;
  readonly runAttempt: number;
  /** As GitHub spells it, with the matrix suffix. */
  readonly name: string;
  readonly status: Status;
  readonly conclusion: string | null;
  readonly createdAtMs: number | null;
  /** In `queued` and `waiting` GitHub repeats `created_at` here; see `lifecycle`. */
  readonly startedAtMs: number | null;
  readonly completedAtMs: number | null;
  /** The labels that the job asked for, in the given order. */
  readonly runsOn: readonly string[];
  readonly runnerId: number | null;
  readonly runnerName: string | null;
  readonly runnerGroup: string | null;
  readonly headBranch: string | null;
  /** Its class, as far as a job tells (branch-class.ts); null where nobody asks for it. */
  readonly branch: string | null;
  readonly headSha: string | null;
  readonly steps: readonly Step[];
  /** Null if the payload does not say. */
  readonly isPublicRepository: boolean | null;
  /** The job has an environment, so a gate may have held it. */
  readonly hasEnvironment: boolean;
  /**
   * The last change of the environment's deployment: after a gate let the job through, the time when it did.
   */
  readonly deploymentUpdatedAtMs: number | null;
}

export interface RunObservation extends Observed {
  readonly kind: 'run';
  /** Absent where nobody asks for traces. */
  readonly forTrace?: RunTraceWords;
  readonly runId: number;
  readonly runAttempt: number;
  readonly runNumber: number | null;
  /** The id stays when the repository is renamed. Another repository with the old name has another id. */
  readonly repositoryId: number | null;
  /** The path of the workflow's file in the repository, `dynamic/…` for GitHub's own workflows. */
  readonly workflowFile: string | null;
  readonly status: Status;
  readonly conclusion: string | null;
  /** The event that triggered the run: `push`, `schedule`, … */
  readonly event: string;
  /** The class of its branch, few enough for a label (branch-class.ts). */
  readonly branch: string;
  readonly headBranch: string | null;
  readonly headSha: string | null;
  readonly createdAtMs: number | null;
  /** The start of this attempt. `createdAtMs` is that of the first. */
  readonly runStartedAtMs: number | null;
  readonly updatedAtMs: number | null;
}

/** What a deployment, or one of its statuses, says. Not every deployment is made by GitHub Actions. */
export interface DeploymentObservation extends Observed {
  readonly kind: 'deployment';
  readonly deploymentId: number;
  /** Few enough for a label (environment-label.ts). */
  readonly environment: string;
  /** As people named it. */
  readonly environmentName: string;
  readonly ref: string | null;
  readonly headSha: string | null;
  readonly createdAtMs: number | null;
  /** GitHub's own word: `success`, `failure`, …; `created` without a status. */
  readonly status: string;
  /** Grows with each status of the deployment; 0 without one. */
  readonly statusId: number;
  readonly statusAtMs: number;
  /** Of the job that deploys; null if no run of GitHub Actions made it, or the payload does not name it. */
  readonly runId: number | null;
  readonly runAttempt: number | null;
  readonly runStartedAtMs: number | null;
  readonly jobId: number | null;
}

/** Somebody was asked to let jobs into their environments, or has decided. */
export interface ReviewObservation extends Observed {
  readonly kind: 'review';
  readonly status: ReviewStatus;
  /** When it was asked, or decided; null if the payload does not say. */
  readonly statusAtMs: number | null;
  readonly runId: number;
  readonly runAttempt: number;
  /** At least one. */
  readonly jobs: readonly ReviewedJob[];
}

export type ReviewStatus = 'requested' | 'approved' | 'rejected';

export interface ReviewedJob {
  readonly jobId: number;
  readonly name: string;
  /** Few enough for a label. */
  readonly environment: string;
  readonly environmentName: string;
  readonly createdAtMs: number | null;
}

export interface DispatchObservation extends Observed {
  readonly kind: 'dispatch';
}

/** The answer when GitHub was asked about a job or run: it no longer knows it, or it is still active. */
export interface AskedObservation extends Observed {
  readonly kind: 'gone' | 'confirmed';
  /** Null if it is about the attempt of the run itself. */
  readonly jobId: number | null;
  readonly runId: number;
  readonly runAttempt: number;
  /** Of the job; empty for a run. */
  readonly name: string;
}

/** What came of asking for the annotations of a job that failed. */
export interface ReasonObservation extends Observed {
  readonly kind: 'reason';
  readonly jobId: number;
  readonly runId: number;
  readonly runAttempt: number;
  readonly name: string;
  readonly outcome: AskedOutcome;
  /** Null unless they were read. */
  readonly reason: FailureReason | null;
}

/**
 * `read`, or why they never will be: GitHub does not show them, the failure is too old to ask about, or too many
 * later ones wait.
 */
export const ASKED_OUTCOMES = ['read', 'not_visible', 'too_old', 'too_many'] as const;
export type AskedOutcome = (typeof ASKED_OUTCOMES)[number];

/** A job pushed numbers of its own. */
export interface NumbersObservation extends Observed {
  readonly kind: 'numbers';
  readonly numbers: readonly JobNumber[];
}

/** An event of a repository itself, or of its custom properties. */
export interface RepositoryObservation extends Observed {
  readonly kind: 'repository';
}

export type Observation =
  | JobObservation
  | RunObservation
  | DeploymentObservation
  | ReviewObservation
  | DispatchObservation
  | RepositoryObservation
  | AskedObservation
  | ReasonObservation
  | NumbersObservation;

/** Why a delivery contains nothing to count. */
export const IGNORED_REASONS = [
  'no_job',
  'no_run',
  'no_workflow',
  'no_deployment',
  'no_review',
  'check_run',
  'unknown_status',
  'too_old',
] as const;
export type IgnoredReason = (typeof IGNORED_REASONS)[number];

/** The result of reading a payload: an observation, or the reason why there is none, which is counted. */
/** With `anomaly`, a part of the payload is damaged, and left out. */
export type ObservationResult =
  | {
      readonly observation: Observation;
      readonly anomaly?: 'future';
      /** What the payload reports of its repository. Absent where nobody asks for labels of repositories. */
      readonly repository?: ReportedRepository;
    }
  | { readonly ignored: IgnoredReason };

/** One value of one series. */
export interface JobNumber {
  /** With the prefix. The name of a counter ends in `_total`; anything else is a gauge. */
  readonly metric: string;
  /** Names and values alternately: repository and workflow, then the job's own labels, by name. */
  readonly labels: readonly string[];
  /** Finite. In a push, what to add to a counter; in the store, its total. */
  readonly value: number;
  readonly atMs: number;
}
