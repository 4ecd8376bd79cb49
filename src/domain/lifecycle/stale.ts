const HOUR_MS = 3_600_000;

/** GitHub ends what no runner took for a day. https://docs.github.com/actions/reference/limits */
const MAX_QUEUED_MS = 24 * HOUR_MS;
/** GitHub ends a run after 35 days, whether it runs or waits for an approval. */
const MAX_RUNNING_MS = 35 * 24 * HOUR_MS;

/**
 * The moments that tell a ghost: what is queued since before `queuedSince`, or in progress or waiting since before
 * `runningSince`, can't be alive at GitHub any more; its end was never told.
 */
export function staleLimits(nowMs: number): { readonly queuedSince: number; readonly runningSince: number } {
  return { queuedSince: nowMs - MAX_QUEUED_MS, runningSince: nowMs - MAX_RUNNING_MS };
}
