import type { Engine, Meter } from '../domain/contracts.ts';
import { IncrementSums } from '../domain/metric.ts';

const FLUSH_EVERY_MS = 1000;

/** Counts outside of the engine's thread, and hands the counts over once a second and before each scrape. */
export interface BufferedMeter extends Meter {
  flush(): Promise<void>;
  close(): Promise<void>;
}

export function openMeter(engine: Engine): BufferedMeter {
  const sums = new IncrementSums();

  async function flush(): Promise<void> {
    const increments = sums.take();
    if (increments.length > 0) await engine.count(increments);
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
