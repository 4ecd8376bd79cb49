import type { Status } from './observation.ts';

/** A job, or an attempt of a run, that is still active as far as is known. */
export interface Unfinished {
  /** Null for the run itself. */
  readonly jobId: number | null;
  readonly runId: number;
  readonly runAttempt: number;
  readonly repository: string;
  readonly workflow: string;
  /** Of the job; empty for a run. */
  readonly name: string;
  readonly status: Status;
  /** The latest event that reported this status. */
  readonly statusAtMs: number;
}

/** Selects what has had its status since before these times, which is longer than usual. */
export interface LingeringQuery {
  readonly runningBeforeMs: number;
  readonly waitingBeforeMs: number;
  /** For every other status. */
  readonly queuedBeforeMs: number;
  /** How many of the first to skip. */
  readonly skip: number;
  readonly limit: number;
}
