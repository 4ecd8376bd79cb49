import type { JobState } from './state.ts';

/*
 * Approval gates. A job with an environment may be held by a protection rule: queued → waiting → queued → in_progress, all
 * with the same creation and no time of the release but the change of the deployment. The time behind the gate is the
 * approver's, the time after it the runner's; they are counted apart.
 *
 * A job with an environment that started, and of which no waiting is known, may have had no gate, or the word of it is
 * late. What was counted can't be taken back, so it is held for a while. So is the cause of a failure of which it is not
 * certain whether a gate refused the job or let it through.
 */

/** Deliveries that are not lost come within minutes. */
export const HOLD_MS = 10 * 60_000;

interface Queue {
  /** Since when the job waited for a runner; null while that is not certain. */
  readonly sinceMs: number | null;
  /** Since when it waited for an approval that came; null when none is known. */
  readonly approvalFromMs: number | null;
  /** There may have been a gate. */
  readonly isUncertain: boolean;
}

/** From when to when the job waited for what, as far as its state tells. */
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
 * Why a job failed that no runner took; null while that is not certain. A gate that somebody refuses, or that
 * nobody opens for 30 days, fails its job, which then has neither runner nor steps: as one that GitHub could
 * not start.
 * https://docs.github.com/actions/how-tos/deploy/configure-and-manage-deployments/review-deployments
 *
 * `others` are the other reports of its execution: one that a re-run carries over knows of no gate by itself.
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
