import type { Clock, Engine, Logger, Meter, RecoveryNotes } from '../domain/contracts.ts';
import type { GitHubHistory } from '../domain/github-history.ts';
import type { GaugeReading } from '../domain/metric.ts';
import { createPolling } from './polling.ts';
import { recoverOnce } from './recover-lost.ts';
import { openReport } from './report.ts';
import { Trials } from './retry-counts.ts';
import { type Schedule, type Sleep, startSchedule } from './schedule.ts';
import type { RepositoryPattern } from './targets.ts';
import type { Troubles } from './troubles.ts';

export interface RecoveryOptions {
  /** `recover`: find what webhooks lost. `poll`: there are no webhooks. */
  readonly mode: 'recover' | 'poll';
  readonly history: GitHubHistory;
  readonly engine: Pick<Engine, 'accept' | 'unseen' | 'explainRun' | keyof RecoveryNotes>;
  /** Repositories to look after, beside those that deliveries and the App tell of. */
  readonly patterns: readonly RepositoryPattern[];
  /** From one pass to the next; when polling, for repositories in which something is going on. */
  readonly intervalMs: number;
  /** How long the states of what is over are kept; null: for good. */
  readonly retentionMs: number | null;
  readonly clock: Clock;
  readonly sleep: Sleep;
  readonly logger: Logger;
  readonly meter: Meter;
  readonly troubles?: Troubles;
  /** Ends the requests that are under way, for `close`. */
  readonly endRequests: () => Promise<void>;
}

export interface Recovery extends Schedule {
  /** How recovery is doing, for the exposition. */
  readings(): GaugeReading[];
}

/** Fetches from GitHub's API what no webhook told, at once and then on a schedule. */
export function startRecovery(options: RecoveryOptions): Recovery {
  const { mode, clock, intervalMs } = options;
  const report = openReport(options);
  const stop = new AbortController();
  const shared = { ...options, report, trials: new Trials(), signal: stop.signal };

  async function recover(): Promise<number> {
    const startedAtMs = clock();
    const retryAtMs = await recoverOnce(shared);
    return Math.min(startedAtMs + intervalMs, retryAtMs ?? Number.POSITIVE_INFINITY);
  }

  const step = mode === 'recover' ? recover : createPolling(shared);
  return { ...startSchedule({ ...options, step, stop }), readings: () => report.readings() };
}
