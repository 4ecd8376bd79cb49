import type { Status } from '../observation.ts';

/**
 * How far a run or job has come. Work moves to a higher rank, never back; within rank 1 it may go to and fro, because
 * an approval gate leads `queued → waiting → queued`: there the later event counts.
 */
export const STATUS_RANK: Readonly<Record<Status, number>> = {
  requested: 0,
  queued: 1,
  pending: 1,
  waiting: 1,
  in_progress: 2,
  completed: 3,
};
