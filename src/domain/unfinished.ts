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

/** Selects what has had its status for longer than usual. */
export interface LingeringQuery {
  /** By status, since before when. */
  readonly beforeMs: Readonly<Record<ActiveStatus, number>>;
  /** How many of the first to skip. */
  readonly skip: number;
  readonly limit: number;
}

type ActiveStatus = Exclude<Status, 'completed'>;

/** Compared with the time in the queue. */
const USUAL_TIMES: Readonly<Record<ActiveStatus, number>> = {
  requested: 1,
  queued: 1,
  pending: 1,
  waiting: 48,
  in_progress: 4,
};

/** What has had its status since before these times is unusual, if `queuedMs` is usual in the queue. */
export function unusualBeforeMs(queuedMs: number, nowMs: number): LingeringQuery['beforeMs'] {
  const limits = Object.entries(USUAL_TIMES).map(([status, times]) => [status, nowMs - times * queuedMs]);
  return Object.fromEntries(limits) as LingeringQuery['beforeMs'];
}
