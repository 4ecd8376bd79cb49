import type { Status } from '../observation.ts';

/**
 * How far a run or job has come. Work moves to a higher rank, never back; within rank 1 it may go to and fro,
 * because an approval gate leads `queued → waiting → queued`: there the later event counts.
 */
export const STATUS_RANK: Readonly<Record<Status, number>> = {
  requested: 0,
  queued: 1,
  pending: 1,
  waiting: 1,
  in_progress: 2,
  completed: 3,
};

interface Told {
  readonly status: Status;
  readonly conclusion: string | null;
}

/**
 * Whether a run was held until somebody approves it, as those of strangers are. GitHub calls such a run
 * completed, but once it is approved it goes on, and is completed again.
 * https://docs.github.com/actions/how-tos/manage-workflow-runs/approve-runs-from-forks
 */
export function isHeld({ status, conclusion }: Told): boolean {
  return status === 'completed' && conclusion === 'action_required';
}

/** The rank of a run: as `STATUS_RANK`, but what is held has come no further than what waits. */
export function rankOf(told: Told): number {
  return isHeld(told) ? STATUS_RANK.waiting : STATUS_RANK[told.status];
}
