import { setTimeout as pause } from 'node:timers/promises';

/**
 * Resolves after the time, or as soon as `signal` is aborted; whoever needs to know which asks the signal.
 */
export type Sleep = (ms: number, signal?: AbortSignal) => Promise<void>;

/** Node.js fires timers that are set for longer at once. */
const LONGEST_MS = 2 ** 31 - 1;

/** Sleeps by the machine's timers, and keeps the process alive meanwhile. */
export const sleep: Sleep = (ms, signal) => sleepWith(ms, signal, true);

/** As `sleep`, but a process that has nothing else to do may end. */
export const backgroundSleep: Sleep = (ms, signal) => sleepWith(ms, signal, false);

async function sleepWith(ms: number, signal: AbortSignal | undefined, ref: boolean): Promise<void> {
  try {
    await pause(Math.min(ms, LONGEST_MS), undefined, signal === undefined ? { ref } : { ref, signal });
  } catch (error) {
    if (signal?.aborted !== true) throw error;
  }
}

/** A sleep that can be ended from outside. Whoever does not sleep then is not woken. */
export function openWakeableSleep(sleep: Sleep = backgroundSleep): { readonly sleep: Sleep; wake(): void } {
  let waking = new AbortController();
  return {
    sleep: (ms, signal) =>
      sleep(ms, signal === undefined ? waking.signal : AbortSignal.any([signal, waking.signal])),
    wake() {
      waking.abort();
      waking = new AbortController();
    },
  };
}
