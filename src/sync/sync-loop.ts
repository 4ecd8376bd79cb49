import type { FirstRead } from '../domain/first-read.ts';
import type { GaugeReading } from '../domain/metric.ts';
import { type Repetition, repeat } from '../timing/repeat.ts';
import { unlessUnavailable } from '../timing/retry.ts';
import { openWakeableSleep, type Sleep } from '../timing/sleep.ts';
import { traced } from '../timing/traced.ts';
import type { AccessProblems } from './access-problems.ts';
import { RetryCounts } from './backoff.ts';
import { FirstReads } from './first-reads.ts';
import { HookWatch } from './hook-watch.ts';
import { Polling } from './polling.ts';
import { recoverOnce } from './recover-lost.ts';
import { Report } from './report.ts';
import type { PassOptions } from './sync-options.ts';

export interface SyncLoopOptions extends Omit<PassOptions, 'report' | 'hookWatch' | 'signal' | 'startedMs'> {
  /** `recover`: find what webhooks lost. `poll`: there are no webhooks. */
  readonly mode: 'recover' | 'poll';
  /** From one pass to the next; when polling, for active repositories. */
  readonly intervalMs: number;
  /** As `ServiceClock.confirm`. */
  readonly confirmTime?: () => Promise<boolean>;
  readonly sleep?: Sleep;
  readonly accessProblems?: AccessProblems;
  /** Ends the requests in progress, for `close`. */
  readonly endRequests: () => Promise<void>;
}

export interface SyncLoop extends Repetition {
  /** Ends the wait: it may have been measured while the machine was suspended. */
  wake(): void;
  /** The state of recovery, for the exposition. */
  readings(): GaugeReading[];
  /** A sentence for each webhook that GitHub can't deliver. */
  problems(): string[];
  /** How far the last day is read, where there are no webhooks; null: as far as it can be. */
  firstRead(): FirstRead | null;
}

/** A store that is unavailable usually stays so for a while. */
const STORE_RETRY_MS = 60_000;
/** GitHub does not answer. */
const CONFIRM_AGAIN_MS = 10_000;
/** However soon a limit ends, no credential is used more often than this. */
const MIN_WAIT_MS = 1000;

/** Fetches from GitHub's API what no webhook reported, now and then on a schedule. */
export function startSyncLoop(options: SyncLoopOptions): SyncLoop {
  const { mode, steady, intervalMs, logger, confirmTime = async () => true } = options;
  const sleep = openWakeableSleep(options.sleep);
  const report = new Report(options);
  const hookWatch = new HookWatch(options);
  const closing = new AbortController();
  const shared = {
    ...options,
    report,
    hookWatch,
    retries: new RetryCounts(),
    startedMs: steady(),
    signal: closing.signal,
  };

  async function recover(): Promise<number> {
    const startedAtMs = steady();
    const retryAtMs = await recoverOnce(shared);
    return Math.min(startedAtMs + intervalMs, retryAtMs ?? Number.POSITIVE_INFINITY);
  }

  /** Each returns when it wants to be called next. */
  const firstReads = new FirstReads(options);
  const polling = mode === 'recover' ? null : new Polling({ ...shared, firstReads });
  const step = polling === null ? recover : () => polling.round();

  async function pass(): Promise<number> {
    // A mark that is set by a wrong clock says that what is not known yet is known.
    if (!(await confirmTime())) return CONFIRM_AGAIN_MS;
    const tracedStep = () =>
      traced(
        () => ({ name: mode === 'recover' ? 'recovery pass' : 'polling pass', attributes: {}, isRoot: true }),
        step,
      );
    const nextAtMs = await unlessUnavailable(tracedStep, (err) => {
      logger.warn('recovery_paused', { err });
      return steady() + STORE_RETRY_MS;
    });
    return Math.max(nextAtMs - steady(), MIN_WAIT_MS);
  }

  const passes = repeat(pass, { sleep: sleep.sleep, closing });
  return {
    failed: passes.failed,
    wake() {
      polling?.makeDue();
      sleep.wake();
    },
    readings: () => [...report.readings(), ...hookWatch.readings()],
    problems: () => hookWatch.sentences(),
    firstRead: () => firstReads.status(),
    async close() {
      closing.abort();
      await options.endRequests();
      await passes.close();
    },
  };
}
