import type { GaugeReading } from '../domain/metric.ts';
import { type Repetition, repeat } from '../timing/repeat.ts';
import { unlessUnavailable } from '../timing/retry.ts';
import type { Sleep } from '../timing/sleep.ts';
import { RetryCounts } from './backoff.ts';
import { createPolling } from './polling.ts';
import { recoverOnce } from './recover-lost.ts';
import { type AccessProblems, Report } from './report.ts';
import type { PassOptions } from './sync-options.ts';

export interface SyncLoopOptions extends Omit<PassOptions, 'report' | 'signal'> {
  /** `recover`: find what webhooks lost. `poll`: there are no webhooks. */
  readonly mode: 'recover' | 'poll';
  /** From one pass to the next; when polling, for active repositories. */
  readonly intervalMs: number;
  readonly sleep?: Sleep;
  readonly accessProblems?: AccessProblems;
  /** Ends the requests in progress, for `close`. */
  readonly endRequests: () => Promise<void>;
}

export interface SyncLoop extends Repetition {
  /** The state of recovery, for the exposition. */
  readings(): GaugeReading[];
}

/** A store that is unavailable usually stays so for a while. */
const STORE_RETRY_MS = 60_000;
/** However soon a limit ends, no credential is used more often than this. */
const MIN_WAIT_MS = 1000;

/** Fetches from GitHub's API what no webhook reported, now and then on a schedule. */
export function startSyncLoop(options: SyncLoopOptions): SyncLoop {
  const { mode, clock, intervalMs, logger, sleep } = options;
  const report = new Report(options);
  const closing = new AbortController();
  const shared = { ...options, report, retries: new RetryCounts(), signal: closing.signal };

  async function recover(): Promise<number> {
    const startedAtMs = clock();
    const retryAtMs = await recoverOnce(shared);
    return Math.min(startedAtMs + intervalMs, retryAtMs ?? Number.POSITIVE_INFINITY);
  }

  /** Each returns when it wants to be called next. */
  const step = mode === 'recover' ? recover : createPolling(shared);

  async function pass(): Promise<number> {
    const nextAtMs = await unlessUnavailable(step, (err) => {
      logger.warn('recovery_paused', { err });
      return clock() + STORE_RETRY_MS;
    });
    return Math.max(nextAtMs - clock(), MIN_WAIT_MS);
  }

  const passes = repeat(pass, { sleep, closing });
  return {
    failed: passes.failed,
    readings: () => report.readings(),
    async close() {
      closing.abort();
      await options.endRequests();
      await passes.close();
    },
  };
}
