import type { Status } from './observation.ts';

/** A job, or an attempt of a run, that is not over as far as is known. */
export interface Unfinished {
  /** Null: the run itself. */
  readonly jobId: number | null;
  readonly runId: number;
  readonly runAttempt: number;
  readonly repository: string;
  readonly workflow: string;
  /** Of the job; empty for a run. */
  readonly name: string;
  readonly status: Status;
  /** The latest event that told this status. */
  readonly statusAtMs: number;
}

/** What has been in its status since before these moments: longer than is usual. */
export interface LingeringQuery {
  readonly runningBeforeMs: number;
  readonly waitingBeforeMs: number;
  /** For every other status. */
  readonly queuedBeforeMs: number;
  /** So many of the first are left out. */
  readonly skip: number;
  readonly limit: number;
}
