import { backoffMs } from '../domain/backoff.ts';
import type { FailedDelivery, LeasedDelivery } from '../domain/delivery.ts';

/*
 * A delivery whose processing ends the process (out of memory, a fault of the runtime) throws nothing that
 * could be caught. Counting every attempt beforehand would cost everybody a transaction; so it is counted
 * only where it may matter.
 */

/** What is noted of an attempt before it begins. Only an attempt that never ended leaves it behind. */
const NEVER_ENDED = 'The process ended while this delivery was processed.';

/** Batches that may have been in progress when the process ended. */
const BATCHES_IN_HAND = 2;

/** Picks out of a batch what has to be tried alone, with the attempt noted before it begins. */
export type PickSuspects = (batch: readonly LeasedDelivery[]) => {
  readonly suspects: readonly LeasedDelivery[];
  readonly others: readonly LeasedDelivery[];
};

/**
 * What failed before is always a suspect. After a crash, so is what the process may have had in progress: what is
 * leased first, but for what this process has put into the queue itself.
 */
export function openSuspicion(afterCrash: boolean, batchSize: number): PickSuspects {
  let left = afterCrash ? BATCHES_IN_HAND * batchSize : 0;
  return (batch) => {
    const { suspects = [], others = [] } = Object.groupBy(batch, ({ attempts, isTakenOver = true }) => {
      if (attempts > 0) return 'suspects';
      if (!isTakenOver) return 'others';
      left -= 1;
      return left >= 0 ? 'suspects' : 'others';
    });
    return { suspects, others };
  };
}

/**
 * An attempt that is about to begin, as if it had failed. When it ends, what it ended in takes the place of
 * that.
 */
export function notedAttempt({ id, attempts }: LeasedDelivery, nowMs: number): FailedDelivery {
  const attempt = attempts + 1;
  return { id, attempts: attempt, error: NEVER_ENDED, retryAtMs: nowMs + backoffMs(attempt) };
}
