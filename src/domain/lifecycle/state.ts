import type { Status } from '../observation.ts';

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
  /** A runner took it. */
  readonly hasStarted: boolean;
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
  /** The latest event that told of a queue, and the release from a gate that it tells if there was one. */
  readonly queuedAtMs: number | null;
  readonly releasedAtMs: number | null;
  readonly hasEnvironment: boolean;
  /**
   * While not null: the job started without a word of a gate, but it has an environment, so such a word may still come.
   * Its queue time is counted at this moment (our clock) if none came.
   */
  readonly heldUntilMs: number | null;
  /** Its queue time is counted. */
  readonly queueCounted: boolean;
  /** Its time behind an approval gate is counted. */
  readonly approvalCounted: boolean;
  /** Its completion is counted. */
  readonly completionCounted: boolean;
  /** How many changes from failure to success over the attempts are counted under this job. */
  readonly flakyCounted: number;
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
  readonly branch: string;
  readonly headBranch: string | null;
  readonly headSha: string | null;
  readonly createdAtMs: number | null;
  readonly runStartedAtMs: number | null;
  readonly updatedAtMs: number | null;
  readonly firstSeenAtMs: number;
  readonly statusAtMs: number;
  readonly completionCounted: boolean;
}
