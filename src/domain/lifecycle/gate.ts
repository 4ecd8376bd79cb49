import type { JobState } from './state.ts';

/*
 * Approval gates. A protection rule may hold a job with an environment: queued → waiting → queued →
 * in_progress, all with the same creation time. The only time of the release is the change of the deployment.
 * The time behind the gate depends on the approver, the time after it on the runner; they are counted
 * separately. If a job with an environment started without a known wait, it may have had no gate, or the
 * event of it is late. What was counted can't be taken back, so counting is delayed for a while. The same
 * applies to the cause of a failure, if it is not certain whether a gate rejected the job or let it through.
 */

/** Deliveries that are not lost arrive within minutes. */
export const HOLD_MS = 10 * 60_000;

interface Queue {
  /** Since when the job waited for a runner; null while that is not certain. */
  readonly sinceMs: number | null;
  /** Since when it waited for an approval that came; null if no wait is known. */
  readonly approvalFromMs: number | null;
  /** There may have been a gate. */
  readonly isUncertain: boolean;
}

/** When the job waited, and for what, as far as its state shows. */
export function queueOf(state: JobState, nowMs: number): Queue {
  const { createdAtMs, waitedAtMs, queuedAtMs, releasedAtMs, hasEnvironment, heldUntilMs } = state;
  if (waitedAtMs !== null) {
    const isReleased = (queuedAtMs ?? 0) > waitedAtMs;
    return {
      sinceMs: isReleased ? releasedAtMs : null,
      approvalFromMs: isReleased ? createdAtMs : null,
      isUncertain: false,
    };
  }
  const isUncertain = hasEnvironment && (heldUntilMs === null || nowMs < heldUntilMs);
  return { sinceMs: isUncertain ? null : createdAtMs, approvalFromMs: null, isUncertain };
}

/**
 * Why a job failed that no runner took; null while that is not certain. A gate that somebody rejects, or that
 * nobody opens for 30 days, fails its job, which then has neither runner nor steps: just like a job that
 * GitHub could not start.
 * https://docs.github.com/actions/how-tos/deploy/configure-and-manage-deployments/review-deployments
 *
 * `others` are the other reports of its execution: one that a re-run carries over does not know about a gate
 * by itself.
 */
export function causeBehindGate(
  state: JobState,
  others: readonly JobState[],
  nowMs: number,
): 'rejected' | 'startup' | null {
  const { heldUntilMs } = state;
  const reports = [state, ...others];
  const hasWaited = reports.some(({ waitedAtMs }) => waitedAtMs !== null);
  const mayHaveWaited = heldUntilMs !== null || reports.some(({ hasEnvironment }) => hasEnvironment);
  if (!(hasWaited || mayHaveWaited) || reports.some(wasLetThrough)) return 'startup';
  if (heldUntilMs === null || nowMs < heldUntilMs) return null;
  return hasWaited ? 'rejected' : 'startup';
}

function wasLetThrough({ waitedAtMs, inQueueAtMs }: JobState): boolean {
  return waitedAtMs !== null && (inQueueAtMs ?? 0) > waitedAtMs;
}
