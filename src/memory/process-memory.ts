import { totalmem } from 'node:os';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Clock, Engine, Logger } from '../domain/contracts.ts';
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

type Collect = (options: { readonly type: 'major'; readonly flavor: 'last-resort' }) => void;

let collect: Collect | undefined;

/** Collects all garbage of this thread at once and gives free pages back to the system. Takes some 10 ms or more. */
export function collectGarbage(): void {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as Collect;
  }
  collect({ type: 'major', flavor: 'last-resort' });
}

/** Below that, memory is dearer than time. */
const SMALL_BYTES = 512 * 1024 ** 2;

/**
 * Where there is little memory, lets the heaps of all threads grow by 30 % at most between two full collections, and not to
 * twice of what is alive as V8 does by itself: some 50 MiB less under full load, for a tenth more CPU and longer pauses
 * (docs/performance.md). To be called before the other threads start. Answers whether it did.
 */
export function tightenHeap(limitBytes: number): boolean {
  const isSmall = limitBytes < SMALL_BYTES;
  if (isSmall) setFlagsFromString('--heap-growing-percent=30');
  return isSmall;
}

/** Above this the system does not mean a limit: cgroups without one tell a number near 2^63. */
const ABSURD_BYTES = 2 ** 50;

/**
 * What the process may take, in bytes: the configured limit, or with 0 that of its control group (a container's limit),
 * or else what the machine has.
 */
export function memoryLimitBytes(configuredBytes: number): number {
  if (configuredBytes > 0) return configuredBytes;
  const constrained = process.constrainedMemory();
  return constrained > 0 && constrained < ABSURD_BYTES ? Math.min(constrained, totalmem()) : totalmem();
}
