import type { Status } from '../observation.ts';

/**
 * How far a run or job has come. Work moves to a higher rank, never back. Within rank 1 it may move back and
 * forth, because an approval gate leads `queued → waiting → queued`; there the later event counts.
 */
export const STATUS_RANK: Readonly<Record<Status, number>> = {
  requested: 0,
  queued: 1,
  pending: 1,
  waiting: 1,
  in_progress: 2,
  completed: 3,
};

interface StatusReport {
  readonly status: Status;
  readonly conclusion: string | null;
}

/**
 * Whether a run was held until somebody approves it, as those of strangers are. GitHub calls such a run
 * completed, but once it is approved it continues, and is completed again.
 * https://docs.github.com/actions/how-tos/manage-workflow-runs/approve-runs-from-forks
 */
export function isHeld({ status, conclusion }: StatusReport): boolean {
  return status === 'completed' && conclusion === 'action_required';
}

/** The rank of a run: `STATUS_RANK`, except that a held run has come no further than a waiting one. */
export function rankOf(report: StatusReport): number {
  return isHeld(report) ? STATUS_RANK.waiting : STATUS_RANK[report.status];
}
