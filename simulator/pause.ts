import { sleep } from '../src/timing/sleep.ts';

/** Resolves at `atMs` (since the epoch), or at once when the signal is or gets aborted. */
export async function pauseUntil(atMs: number, signal: AbortSignal): Promise<void> {
  const leftMs = atMs - Date.now();
  if (leftMs <= 0 || signal.aborted) return;
  await sleep(leftMs, signal);
}

/**
 * `given`, or else a signal that is aborted by the first SIGINT or SIGTERM; the second one ends the process
 * as usual.
 */
export function stopSignal(given: AbortSignal | undefined): { readonly signal: AbortSignal } & Disposable {
  if (given !== undefined) return { signal: given, [Symbol.dispose]() {} };
  const stop = new AbortController();
  const abort = () => {
    ignore();
    stop.abort();
  };
  const ignore = () => {
    process.removeListener('SIGINT', abort);
    process.removeListener('SIGTERM', abort);
  };
  process.once('SIGINT', abort);
  process.once('SIGTERM', abort);
  return { signal: stop.signal, [Symbol.dispose]: ignore };
}
