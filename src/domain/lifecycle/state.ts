import type { FailureReason } from '../failure-reason.ts';
import type {
  DeploymentObservation,
  JobObservation,
  ReviewedJob,
  ReviewStatus,
  RunObservation,
} from '../observation.ts';
import type { RerunKind } from '../rerun-kind.ts';

/** Fields that belong to one report only, and not to the job or run itself. */
type Telling = 'kind' | 'source' | 'observedAtMs' | 'forTrace';

/**
 * What is known of one job, merged from all its observations. `startedAtMs` is the start on a runner. It is
 * null until an observation contains it (`queued` ones only repeat `createdAtMs`). The `…Counted` fields
 * record which facts of the job have been counted, so that none counts twice.
 */
export interface JobState
  extends Omit<JobObservation, Telling | 'steps' | 'isPublicRepository' | 'deploymentUpdatedAtMs'> {
  /**
   * Something proves that it is a job. Until then it may be a check run of another tool, and counts nowhere
   * (check-run.ts).
   */
  readonly isJob: boolean;
  /** It was reported before its end, so it is not the report of a job that a re-run carries over. */
  readonly isOwn: boolean;
  /** A runner took it. */
  readonly hasStarted: boolean;
  /** The earliest event about the job, for jobs without any time of their own. */
  readonly firstSeenAtMs: number;
  /** The latest event that reported the present status. */
  readonly statusAtMs: number;
  /** The latest event that reported an approval gate; null if none did. */
  readonly waitedAtMs: number | null;
  /**
   * The latest event that reported a queue, and the release from a gate according to it, if there was one.
   */
  readonly queuedAtMs: number | null;
  readonly releasedAtMs: number | null;
  /** Like `queuedAtMs`, but also from a list, which shows that it is queued but not since when. */
  readonly inQueueAtMs: number | null;
  /**
   * While not null: the job started, or failed before it did, and a gate event may still arrive that changes
   * what that means. If none does, its queue time, or the cause of its failure, is counted at this time (our
   * clock).
   */
  readonly heldUntilMs: number | null;
  /**
   * The labels of its repository (`ownLabelsText`) in the delivery since which it is held, for what is counted then;
   * null: it is not held, or no such labels are asked for.
   */
  readonly heldLabels: string | null;
  /**
   * Its end is in the outbox of traces, and spans of what it waited may follow: which ones, and with what name of the
   * service. Null: none will.
   */
  readonly openSpans: OpenSpans | null;
  /** Its queue time is counted, or reported as damaged. */
  readonly queueCounted: boolean;
  /** The queue time that was counted; null while none was. */
  readonly queueMs: number | null;
  /** The time on a runner that was counted; null while none was. */
  readonly durationMs: number | null;
  /** What that time was counted to cost, if the job failed; null while nothing was. */
  readonly microDollars: number | null;
  /** Its time is counted as wasted, because it failed and ran again. */
  readonly repeatCounted: boolean;
  /** Its time behind an approval gate is counted, or reported as damaged. */
  readonly approvalCounted: boolean;
  /** Its completion is counted. */
  readonly completionCounted: boolean;
  /** How many entries into the queue are counted under this job (entry.ts). */
  readonly entriesCounted: number;
  /** That both its queue time and its end are counted is counted (served.ts). */
  readonly servedCounted: boolean;
  /**
   * It failed before a runner took it. It is not certain whether a gate rejected it, so the cause is not
   * counted.
   */
  readonly isCauseOpen: boolean;
  /** Its failure is counted, and GitHub has yet to be asked for the annotations. */
  readonly isReasonOpen: boolean;
  /** What its annotations say; null while that is not known. */
  readonly reason: FailureReason | null;
  /** How many changes from failure to success across attempts are counted under this job. */
  readonly flakyCounted: number;
  /** When GitHub last said that it does not know the job; null if it never did. See gone.ts. */
  readonly goneAtMs: number | null;
  /** When GitHub's API last said that the job is still active; null if it never did. */
  readonly confirmedAtMs: number | null;
}

/** What is still open of a job's spans. */
export interface OpenSpans {
  readonly approval: boolean;
  readonly queue: boolean;
  readonly serviceName: string | null;
}

/** What is known of one attempt of a run, merged from all its observations. */
export interface RunState extends Omit<RunObservation, Telling> {
  readonly firstSeenAtMs: number;
  readonly statusAtMs: number;
  readonly completionCounted: boolean;
  /** That it was held for an approval is counted. */
  readonly heldCounted: boolean;
  /** That it has been in progress is counted. */
  readonly progressCounted: boolean;
  /**
   * While not null: it is over, and events of its jobs may still arrive. What only all jobs show is counted at this
   * time (our clock): settle.ts.
   */
  readonly settlesAtMs: number | null;
  /** The labels of its repository in the delivery that ended it, as `JobState.heldLabels`. */
  readonly settleLabels: string | null;
  /** The time until its first job started, as counted; null while none was. */
  readonly queueMs: number | null;
  /** What a re-run repeated, as counted; null while nothing was. */
  readonly rerunKind: RerunKind | null;
  /** As for a job. */
  readonly goneAtMs: number | null;
  readonly confirmedAtMs: number | null;
}

/**
 * What is known of one deployment, merged from all its reports. The times of outcomes are those of the first
 * report of each; while one is null, that outcome has not been counted.
 */
export interface DeploymentState extends Omit<DeploymentObservation, Telling> {
  readonly successAtMs: number | null;
  readonly failureAtMs: number | null;
  readonly errorAtMs: number | null;
  readonly inactiveAtMs: number | null;
  /** When the last report of it was processed (our clock): long after its own times, if a recording is replayed. */
  readonly heardAtMs: number;
}

/** What is known of the reviews that one job waits for, merged from all their reports. As for deployments. */
export interface ReviewState extends ReviewedJob {
  readonly repository: string;
  readonly runId: number;
  readonly runAttempt: number;
  /** That of the latest decision. */
  readonly status: ReviewStatus;
  /** The latest event that reported the present status. */
  readonly statusAtMs: number;
  readonly approvedAtMs: number | null;
  readonly rejectedAtMs: number | null;
  readonly heardAtMs: number;
}

let last = { runId: Number.NaN, name: '', key: '' };

/**
 * By what the jobs of one name in one run are found: one that is run again has another id. It is asked for many times
 * in a row for one job, and to write out such a number takes long.
 */
export function jobsKey({ runId, name }: Pick<JobState, 'runId' | 'name'>): string {
  if (runId !== last.runId || name !== last.name) last = { runId, name, key: `${runId} ${name}` };
  return last.key;
}

/** By what a run attempt is found. Never the key of jobs, which has a blank behind its digits. */
export function runKey({ runId, runAttempt }: Pick<RunState, 'runId' | 'runAttempt'>): string {
  return `${runId}/${runAttempt}`;
}
