import type { Clock, Engine, Logger, Meter, RecoveryNotes } from '../domain/contracts.ts';
import type { GitHubHistory } from '../domain/github-history.ts';
import type { HookWatch } from './hook-watch.ts';
import type { Report } from './report.ts';
import type { RepositoryPattern } from './targets.ts';

/** What everything that reads GitHub's past works with. */
export interface SyncOptions {
  readonly history: GitHubHistory;
  readonly engine: Pick<Engine, 'accept' | 'unseen' | 'explainRun' | 'knownRepositories'>;
  /** Repositories to cover, besides those known from deliveries and from the App. */
  readonly patterns: readonly RepositoryPattern[];
  /**
   * Older states are forgotten, so what they belong to would count again; null: states are kept for good.
   */
  readonly retentionMs: number | null;
  readonly clock: Clock;
  /** As `ServiceTime.steady`: for waits. */
  readonly steady: Clock;
  readonly logger: Logger;
  readonly meter: Meter;
}

/** For one pass after another over everything. */
export interface PassOptions extends SyncOptions {
  readonly engine: SyncOptions['engine'] & RecoveryNotes & Pick<Engine, 'countOnce'>;
  /** Where to note whether GitHub reaches us. */
  readonly hookWatch: HookWatch;
  readonly report: Report;
  /** When the passes of this process were to begin, on the steady clock: GitHub may not have answered at first. */
  readonly startedMs: number;
  readonly signal: AbortSignal;
}
