import { backoffMs } from '../domain/backoff.ts';
import { type AntError, isTemporary } from '../domain/errors.ts';
import { sleep as realSleep, type Sleep } from './sleep.ts';

export interface RetryOptions {
  /** Called after each failed attempt, with how long the next one is waited for. */
  readonly onFailure: (error: AntError, attempt: number, waitMs: number) => void;
  /** Ends the wait and the attempts, but not an attempt that is under way. */
  readonly signal: AbortSignal;
  readonly sleep?: Sleep | undefined;
}

/** The store is asked little by this, and what waits for it should go on soon after it is back. */
const LONGEST_WAIT_MS = 4000;

/**
 * What `work` resolves to, tried again for as long as the store, or whatever else it needs, is unavailable.
 * Null: `signal` was aborted before it came back. Any other error is thrown.
 */
export async function retryWhileUnavailable<T>(
  work: () => Promise<T>,
  { onFailure, signal, sleep = realSleep }: RetryOptions,
): Promise<T | null> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isTemporary(error)) throw error;
      const pauseMs = Math.min(backoffMs(attempt), LONGEST_WAIT_MS);
      onFailure(error, attempt, pauseMs);
      await sleep(pauseMs, signal);
      if (signal.aborted) return null;
    }
  }
}

/**
 * What `work` resolves to, or `instead` where the store, or whatever else it needs, is unavailable. Any other
 * error is thrown.
 */
export async function unlessUnavailable<T>(
  work: () => Promise<T>,
  instead: (error: AntError) => T,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isTemporary(error)) return instead(error);
    throw error;
  }
}
