import type { Logger, Meter } from '../domain/contracts.ts';
import { type Increment, IncrementSums } from '../domain/metric.ts';
import { SparingLog } from '../logger/sparing-log.ts';
import { repeatEvery } from '../timing/repeat.ts';
import { unlessUnavailable } from '../timing/retry.ts';

const FLUSH_EVERY_MS = 1000;
const LOG_EVERY_MS = 60_000;

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
  const postponed = new SparingLog((fields) => logger.warn('self_metrics_postponed', fields), LOG_EVERY_MS);

  async function flush(): Promise<void> {
    const increments = sums.take();
    if (increments.length === 0) return;
    await unlessUnavailable(
      async () => {
        await write(increments);
        postponed.end();
      },
      (err) => {
        sums.add(increments);
        postponed.log({ err });
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
      postponed.close();
    },
  };
}
