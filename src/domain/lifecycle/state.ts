import type { JobObservation, RunObservation } from '../observation.ts';

/** What belongs to one telling only, and not to what is told of. */
type Telling = 'kind' | 'source' | 'observedAtMs';

/**
 * What is known of one job, merged from all its observations. `startedAtMs` is the start on a runner; it is
 * null until an observation tells it (`queued` ones only repeat `createdAtMs`). What is counted says which
 * facts of the job have moved a metric, so that none moves one twice.
 */
export interface JobState
  extends Omit<JobObservation, Telling | 'steps' | 'isPublicRepository' | 'deploymentUpdatedAtMs'> {
  /**
   * Something proves that it is a job: until then it may be a check run of another tool, and counts nowhere
   * (check-run.ts).
   */
  readonly isJob: boolean;
  /** A runner took it. */
  readonly hasStarted: boolean;
  /** The earliest event that told of the job, for jobs without any time of their own. */
  readonly firstSeenAtMs: number;
  /** The latest event that told the present status. */
  readonly statusAtMs: number;
  /** The latest event that told of an approval gate; null when none did. */
  readonly waitedAtMs: number | null;
  /** The latest event that told of a queue, and the release from a gate that it tells if there was one. */
  readonly queuedAtMs: number | null;
  readonly releasedAtMs: number | null;
  /** As `queuedAtMs`, but by a list too, which tells that it is queued and not since when. */
  readonly inQueueAtMs: number | null;
  /**
   * While not null: the job started, or failed before it did, and a word of a gate may still come that
   * changes what that means. Its queue time, or the cause of its failure, is counted at this moment (our
   * clock) if none came.
   */
  readonly heldUntilMs: number | null;
  /** Its queue time is counted, or told to be damaged. */
  readonly queueCounted: boolean;
  /** What was counted as its time in the queue; null while none was. */
  readonly queueMs: number | null;
  /** What was counted as its time on a runner; null while none was. */
  readonly durationMs: number | null;
  /** Its time behind an approval gate is counted, or told to be damaged. */
  readonly approvalCounted: boolean;
  /** Its completion is counted. */
  readonly completionCounted: boolean;
  /**
   * It failed before a runner took it; whether a gate refused it is not certain, and the cause not counted.
   */
  readonly isCauseOpen: boolean;
  /** How many changes from failure to success over the attempts are counted under this job. */
  readonly flakyCounted: number;
  /** When GitHub last said that it does not know the job; null when it never did. See gone.ts. */
  readonly goneAtMs: number | null;
  /** When GitHub's API last said that the job is not over; null when it never did. */
  readonly confirmedAtMs: number | null;
}

/** What is known of one attempt of a run, merged from all its observations. */
export interface RunState extends Omit<RunObservation, Telling> {
  readonly firstSeenAtMs: number;
  readonly statusAtMs: number;
  readonly completionCounted: boolean;
  /** That it was held for an approval is counted. */
  readonly heldCounted: boolean;
  /** As for a job. */
  readonly goneAtMs: number | null;
  readonly confirmedAtMs: number | null;
}

/** By what the jobs of one name in one run are found: one that is run again has another id. */
export function jobsKey({ runId, name }: Pick<JobState, 'runId' | 'name'>): string {
  return `${runId} ${name}`;
}

/** By what a run attempt is found. Never the key of jobs, which has a blank behind its digits. */
export function runKey({ runId, runAttempt }: Pick<RunState, 'runId' | 'runAttempt'>): string {
  return `${runId}/${runAttempt}`;
}
