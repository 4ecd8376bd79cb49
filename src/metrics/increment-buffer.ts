import type { Logger, Meter } from '../domain/contracts.ts';
import { type Increment, IncrementSums } from '../domain/metric.ts';
import { repeatEvery } from '../timing/repeat.ts';
import { unlessUnavailable } from '../timing/retry.ts';

const FLUSH_EVERY_MS = 1000;

/**
 * Gathers self-metrics that belong to no delivery, and writes them together at most once a second. One for
 * each thread.
 */
export interface IncrementBuffer extends Meter {
  /** Writes what was gathered; keeps it for the next time if the store is unavailable. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export function openIncrementBuffer(
  write: (increments: readonly Increment[]) => Promise<void>,
  logger: Logger,
): IncrementBuffer {
  const sums = new IncrementSums();

  async function flush(): Promise<void> {
    const increments = sums.take();
    if (increments.length === 0) return;
    await unlessUnavailable(
      () => write(increments),
      (err) => {
        sums.add(increments);
        logger.warn('self_metrics_postponed', { err });
      },
    );
  }

  const flushes = repeatEvery(FLUSH_EVERY_MS, flush);
  return {
    add: (increments) => sums.add(increments),
    flush,
    async close() {
      await flushes.close();
      await flush();
    },
  };
}
