import type { Clock, Logger, Store } from '../domain/contracts.ts';
import { type Forgetting, forgettableBeforeMs, LONGEST_RUN_MS } from '../domain/forgetting.ts';

export interface RetentionOptions {
  readonly store: Pick<Store, 'queueStatus'>;
  readonly ledger: Pick<Forgetting, 'forgetRuns'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long after its last word a finished run is kept, if that is longer than the life of a run. Null: for ever. */
  readonly retentionMs: () => number | null;
}

const RUNS_AT_ONCE = 100;

/**
 * Deletes finished runs that are old enough, a few at each call, over and over from the first to the last. Nothing is counted
 * again by that: what GitHub can still tell of a run comes within that time, but for what is read from its past, and of that the engine
 * ignores what may have been forgotten (`lifecycle/too-old.ts`). States that are also in the working set are kept there as they were, and its time to live is short.
 */
export function createRetention({
  store,
  ledger,
  clock,
  logger,
  retentionMs,
}: RetentionOptions): () => Promise<void> {
  let afterRunId: number | null = null;
  return async () => {
    const keptMs = retentionMs();
    if (keptMs === null) return;
    const beforeMs = forgettableBeforeMs(keptMs, clock());
    // After a long time out of service: what waits may be about the very runs.
    const { oldestMs } = await store.queueStatus();
    if (oldestMs !== null && oldestMs < beforeMs) return;
    const { runs, jobs, lastRunId } = await ledger.forgetRuns({
      afterRunId,
      limit: RUNS_AT_ONCE,
      finishedBeforeMs: beforeMs,
      unfinishedBeforeMs: beforeMs - LONGEST_RUN_MS,
    });
    afterRunId = lastRunId;
    if (runs + jobs > 0) logger.debug('Old runs forgotten', { runs, jobs });
  };
}
