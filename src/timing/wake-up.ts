import { sleep as realSleep, type Sleep } from './sleep.ts';

/** Wakes one sleeper. A call while nobody sleeps is kept for the next sleep, so none is lost. */
export interface WakeUp {
  wake(): void;
  /** Resolves at the next call of `wake`, or after `timeoutMs`. */
  sleep(timeoutMs: number): Promise<void>;
}

export function openWakeUp(sleep: Sleep = realSleep): WakeUp {
  let called = new AbortController();
  return {
    wake: () => called.abort(),
    async sleep(timeoutMs) {
      await sleep(timeoutMs, called.signal);
      called = new AbortController();
    },
  };
}
