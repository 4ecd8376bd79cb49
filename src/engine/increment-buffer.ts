import type { Logger, Store } from '../domain/contracts.ts';
import { AntError } from '../domain/errors.ts';
import { type Increment, IncrementSums } from '../domain/metric.ts';

const FLUSH_EVERY_MS = 1000;

/** Gathers self-metrics that belong to no delivery and stores them together, at most once a second. */
export interface IncrementBuffer {
  add(increments: readonly Increment[]): void;
  /** Stores what was gathered; when the store is out of order, it stays for the next time. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export function openIncrementBuffer(store: Store, logger: Logger): IncrementBuffer {
  const sums = new IncrementSums();

  async function flush(): Promise<void> {
    const increments = sums.take();
    if (increments.length === 0) return;
    try {
      await store.addIncrements(increments);
    } catch (error) {
      if (!(error instanceof AntError && error.remedy === 'retry')) throw error;
      sums.add(increments);
      logger.warn('Self-metrics could not be stored yet', { err: error });
    }
  }

  const timer = setInterval(flush, FLUSH_EVERY_MS).unref();
  return {
    add: (increments) => sums.add(increments),
    flush,
    async close() {
      clearInterval(timer);
      await flush();
    },
  };
}
