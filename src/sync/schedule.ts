import type { Clock, Logger } from '../domain/contracts.ts';
import { AntError } from '../domain/errors.ts';

/** Resolves after the time; rejects when `signal` is aborted. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<unknown>;

export interface Schedule {
  /** Rejects on a bug, which ends the process. Never resolves. */
  readonly failed: Promise<never>;
  /** Ends what is under way. */
  close(): Promise<void>;
}

/** A store that is out of order mostly is so for a while. */
const STORE_RETRY_MS = 60_000;
/** However soon a limit ends, its credential is asked no more often than this. */
const LEAST_WAIT_MS = 1000;

/**
 * Calls `step` again and again, one at a time; it answers when it wants to be called next. `endRequests` cuts short what it
 * waits for, for `close`.
 */
export function startSchedule({
  step,
  sleep,
  clock,
  logger,
  stop,
  endRequests,
}: {
  readonly step: () => Promise<number>;
  readonly sleep: Sleep;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly stop: AbortController;
  readonly endRequests: () => Promise<void>;
}): Schedule {
  const failure = Promise.withResolvers<never>();
  failure.promise.catch(() => undefined);

  async function run(): Promise<void> {
    while (!stop.signal.aborted) {
      const nextAtMs = await step().catch((error: unknown) => {
        if (!(error instanceof AntError) || error.remedy !== 'retry') throw error;
        logger.warn('The store is out of order, recovery waits', { err: error });
        return clock() + STORE_RETRY_MS;
      });
      await sleep(Math.max(nextAtMs - clock(), LEAST_WAIT_MS), stop.signal).catch((error: unknown) => {
        if (!stop.signal.aborted) throw error;
      });
    }
  }

  const done = run().catch((error: unknown) => {
    if (!stop.signal.aborted) failure.reject(error);
  });
  return {
    failed: failure.promise,
    async close() {
      stop.abort();
      await endRequests();
      await done;
    },
  };
}
