import { totalmem } from 'node:os';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Engine, Logger } from '../domain/contracts.ts';
import { residentBytes } from '../logger/resident-bytes.ts';
import type { Monotonic } from '../timing/monotonic.ts';
import { Pressure } from './pressure.ts';
import { SMALL_BYTES } from './young-space.ts';

export interface ProcessWatchOptions {
  readonly limitBytes: number;
  readonly engine: Pick<Engine, 'shortOfMemory'>;
  /** How full the heap of the engine's thread is, from 0 to 1; null: it has none of its own. */
  readonly engineHeapShare: (() => Promise<number>) | null;
  readonly monotonic?: Monotonic;
  readonly logger: Logger;
}

/** Watches this process, and makes both threads free what they can when it comes near its limit. */
export function watchProcess({ engine, engineHeapShare, ...options }: ProcessWatchOptions): Pressure {
  return new Pressure({
    ...options,
    measure: async () => ({
      residentBytes: residentBytes(),
      heapShare: Math.max(ownHeapShare(), (await engineHeapShare?.()) ?? 0),
    }),
    async relieve() {
      // The engine does it for the heap that it is in.
      if (engineHeapShare !== null) collectGarbage();
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

/** Collects all garbage of this thread now and returns free pages to the system. Takes 10 ms or more. */
export function collectGarbage(): void {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as Collect;
  }
  collect({ type: 'major', flavor: 'last-resort' });
}

/**
 * By how many percent the heap of each thread grows between two full collections. V8 lets small heaps grow to four
 * times their live size, which is mostly garbage: some 75 MiB more under full load, for a little less CPU. Where memory is
 * limited to less than 512 MiB it grows least, for a tenth more CPU and longer pauses (docs/performance.md).
 */
export function heapGrowthPercent(limitBytes: number): number {
  return limitBytes < SMALL_BYTES ? 30 : 150;
}

/** Limits how the heaps of all threads grow. Call it before the other threads start. */
export function limitHeapGrowth(limitBytes: number): void {
  setFlagsFromString(`--heap-growing-percent=${heapGrowthPercent(limitBytes)}`);
}

/** Above this it is no limit: cgroups without one report a number near 2^63. */
const ABSURD_BYTES = 2 ** 50;

/**
 * What the process may use, in bytes: the configured limit; with 0, that of its control group (a container's
 * limit), or else the memory of the machine.
 */
export function memoryLimitBytes(configuredBytes: number): number {
  if (configuredBytes > 0) return configuredBytes;
  const constrained = process.constrainedMemory();
  return constrained > 0 && constrained < ABSURD_BYTES ? Math.min(constrained, totalmem()) : totalmem();
}
