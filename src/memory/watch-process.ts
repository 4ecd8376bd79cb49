import { getHeapStatistics } from 'node:v8';
import type { Clock, Engine, Logger } from '../domain/contracts.ts';
import { collectGarbage } from './collect-garbage.ts';
import { type Pressure, watchPressure } from './pressure.ts';

export interface ProcessWatchOptions {
  readonly limitBytes: number;
  readonly engine: Pick<Engine, 'shortOfMemory'>;
  /** What the heap of the engine's thread holds, as a share of what it may hold. */
  readonly engineHeapShare: () => Promise<number>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Watches this process, and has both its threads give back what they can when it comes near its limit. */
export function watchProcess({ engine, engineHeapShare, ...options }: ProcessWatchOptions): Pressure {
  return watchPressure({
    ...options,
    measure: async () => ({
      residentBytes: process.memoryUsage.rss(),
      heapShare: Math.max(ownHeapShare(), await engineHeapShare()),
    }),
    async relieve() {
      collectGarbage();
      await engine.shortOfMemory(true);
    },
    recovered: () => engine.shortOfMemory(false),
  });
}

function ownHeapShare(): number {
  const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
  return used / limit;
}
