import { setFlagsFromString } from 'node:v8';

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
