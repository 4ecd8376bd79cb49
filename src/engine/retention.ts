import type { Clock, Logger, Store } from '../domain/contracts.ts';

export interface RetentionOptions {
  readonly store: Pick<Store, 'forgetRuns' | 'queueStatus'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long after its last word a finished run is kept. Null: for ever. */
  readonly retentionMs: () => number | null;
}

/** GitHub ends every run after 35 days; what is not over then will never be. */
const LONGEST_RUN_MS = 35 * 24 * 3_600_000;
const RUNS_AT_ONCE = 100;

/**
 * Deletes finished runs that are old enough, a few at each call, over and over from the first to the last. Nothing is counted
 * again by that: what GitHub can still tell of a run (a repetition for some days, a re-run for 30) comes within the default
 * time. States that are also in the working set are kept there as they were, and its time to live is short.
 */
export function createRetention({
  store,
  clock,
  logger,
  retentionMs,
}: RetentionOptions): () => Promise<void> {
  let afterRunId: number | null = null;
  return async () => {
    const keptMs = retentionMs();
    if (keptMs === null) return;
    const beforeMs = clock() - keptMs;
    // After a long time out of service: what waits may be about the very runs.
    const { oldestMs } = await store.queueStatus();
    if (oldestMs !== null && oldestMs < beforeMs) return;
    const { runs, jobs, lastRunId } = await store.forgetRuns({
      afterRunId,
      limit: RUNS_AT_ONCE,
      finishedBeforeMs: beforeMs,
      unfinishedBeforeMs: beforeMs - LONGEST_RUN_MS,
      keepsFailures: true,
    });
    afterRunId = lastRunId;
    if (runs + jobs > 0) logger.debug('Old runs forgotten', { runs, jobs });
  };
}
