import type { BranchClass, Status } from '../observation.ts';

/**
 * What is known of one job, merged from all its observations. The two `…Counted` flags say which facts of it have
 * moved a metric, so that none moves one twice.
 */
export interface JobState {
  readonly jobId: number;
  readonly runId: number;
  readonly runAttempt: number;
  readonly repository: string;
  readonly workflow: string;
  readonly name: string;
  readonly status: Status;
  readonly conclusion: string | null;
  readonly createdAtMs: number | null;
  /** The start on a runner; null until an observation tells it (`queued` ones only repeat `createdAtMs`). */
  readonly startedAtMs: number | null;
  readonly completedAtMs: number | null;
  readonly runsOn: readonly string[];
  readonly runnerId: number | null;
  readonly runnerName: string | null;
  readonly runnerGroup: string | null;
  readonly headBranch: string | null;
  readonly headSha: string | null;
  /** The earliest event that told of the job, for jobs without any time of their own. */
  readonly firstSeenAtMs: number;
  /** The latest event that told the present status. */
  readonly statusAtMs: number;
  /** The latest event that told of an approval gate; null when none did. */
  readonly waitedAtMs: number | null;
  /** Its queue time is counted, under this job or not at all. */
  readonly queueCounted: boolean;
  /** Its completion is counted. */
  readonly completionCounted: boolean;
}

/** What is known of one attempt of a run, merged from all its observations. */
export interface RunState {
  readonly runId: number;
  readonly runAttempt: number;
  readonly runNumber: number | null;
  readonly repository: string;
  readonly workflow: string;
  readonly status: Status;
  readonly conclusion: string | null;
  readonly event: string;
  readonly branch: BranchClass;
  readonly headBranch: string | null;
  readonly headSha: string | null;
  readonly createdAtMs: number | null;
  readonly runStartedAtMs: number | null;
  readonly updatedAtMs: number | null;
  readonly firstSeenAtMs: number;
  readonly statusAtMs: number;
  readonly completionCounted: boolean;
}
