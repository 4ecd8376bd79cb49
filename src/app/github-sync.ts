import { isDeepStrictEqual } from 'node:util';
import type { Backfill } from '../domain/backfill.ts';
import { type Bills, billingNote, readBillingReport } from '../domain/billing.ts';
import type { Engine, Logger, Meter } from '../domain/contracts.ts';
import type { FirstRead } from '../domain/first-read.ts';
import type { GitHub } from '../domain/github-api.ts';
import type { GaugeReading } from '../domain/metric.ts';
import type { LeaderReport } from '../domain/replica.ts';
import { type GitHubMemory, openGitHubMemory } from '../github/client/memory.ts';
import { openHistory } from '../github/history.ts';
import { readServerTime, type ServerTime } from '../github/server-time.ts';
import { AccessProblems } from '../sync/access-problems.ts';
import { BackfillRunner } from '../sync/backfill.ts';
import { RUNNERS_NOT_ASKED } from '../sync/runners.ts';
import { startSyncLoop } from '../sync/sync-loop.ts';
import type { SyncOptions } from '../sync/sync-options.ts';
import type { RepositoryPattern } from '../sync/targets.ts';
import type { ServiceTime } from '../timing/service-time.ts';
import { type LoginValues, loginOf, openClient } from './github-login.ts';
import { startInquiries } from './inquiries.ts';
import { RemoteBackfill } from './remote-backfill.ts';
import type { ServiceClock } from './service-clock.ts';
import { startWatches } from './watches.ts';

/** The values of the settings that say what is read from GitHub's API, and how. */
export interface SyncValues extends LoginValues {
  readonly github: LoginValues['github'] & {
    readonly repositories: readonly RepositoryPattern[];
    readonly enterprises: readonly string[];
    readonly billing: readonly string[];
    readonly pollIntervalMs: number;
    readonly annotations: boolean;
  };
  readonly recovery: { readonly intervalMs: number; readonly reconcileAfterMs: number | null };
  readonly storage: { readonly retentionMs: number | null };
  readonly metrics: { readonly runnerLabels: boolean };
}

export interface GitHubSyncOptions {
  /** `recover`: fetch what webhooks lost. `poll`: there are no webhooks. */
  readonly mode: 'recover' | 'poll';
  readonly version: string;
  readonly engine: Engine;
  readonly time: ServiceTime;
  readonly serviceClock: Pick<ServiceClock, 'heard' | 'confirm'>;
  readonly logger: Logger;
  readonly meter: Meter;
}

/** What `switchTo` starts. */
export interface PreparedSync {
  readonly values: SyncValues;
  readonly memory: GitHubMemory;
  /** Null: there is nothing to log in with. */
  readonly github: GitHub | null;
}

/** All that asks GitHub's API unprompted, while it runs. */
interface RunningSync {
  readonly failed: Promise<never>;
  wake(): void;
  readings(): GaugeReading[];
  refusals(): readonly string[];
  leftOut(): readonly string[];
  runnersMissing(): string | null;
  billingMissing(): readonly string[];
  firstRead(): FirstRead | null;
  readonly backfill: Backfill;
  close(): Promise<void>;
}

/**
 * Everything that asks GitHub's API on its own: restarted when its settings change. Its checkpoints are
 * stored, so nothing is missed by that; what is known of the rate limits, and the answers that are kept, go
 * on for the same login. A backfill under way ends.
 */
export class GitHubSync {
  /** Rejects when a part of it fails for good. Never resolves. */
  readonly failed: Promise<never>;
  readonly #failure = Promise.withResolvers<never>();
  readonly #options: GitHubSyncOptions;
  #prepared: PreparedSync | null = null;
  /** Null: nothing asks, because there is nothing to log in with, or it has not started. */
  #running: RunningSync | null = null;
  /** Whether this process is the one that asks. */
  #leads = true;
  /** What the one that asks has told; null: nothing yet, or this is it. */
  #heard: LeaderReport | null = null;
  readonly #remoteBackfill: RemoteBackfill;

  constructor(options: GitHubSyncOptions) {
    this.#options = options;
    const { engine, time } = options;
    this.#remoteBackfill = new RemoteBackfill(engine, time.clock, () => this.#heard?.backfill ?? null);
    this.failed = this.#failure.promise;
    this.failed.catch(() => undefined);
  }

  /** Whether GitHub's API is used. */
  get isAsking(): boolean {
    return this.#prepared !== null && this.#prepared.github !== null;
  }

  /** What time it is at GitHub. */
  async serverTime(): Promise<ServerTime> {
    if (this.#prepared === null) return { reason: 'not started' };
    const { github, network } = this.#prepared.values;
    return readServerTime(github.apiUrl, network, github.timeoutMs);
  }

  /** Ends waits: they may have been measured while the machine was suspended. */
  wake(): void {
    this.#running?.wake();
  }

  /** How it and the rate limits are, for the exposition. */
  readings(): GaugeReading[] {
    return this.#running?.readings() ?? [...(this.#heard?.readings ?? [])];
  }

  /**
   * A sentence for each credential that GitHub does not take at present, and for each reason why something
   * can't be read.
   */
  refusals(): readonly string[] {
    return this.#running?.refusals() ?? this.#heard?.refusals ?? [];
  }

  /** A sentence for each thing beside runs and jobs that GitHub does not show: a bill, runners. */
  leftOut(): readonly string[] {
    return this.#running?.leftOut() ?? this.#heard?.leftOut ?? [];
  }

  /** Why no runners are counted; null if some are. */
  runnersMissing(): string | null {
    if (this.#running !== null) return this.#running.runnersMissing();
    return this.#heard === null ? RUNNERS_NOT_ASKED : this.#heard.runnersMissing;
  }

  /** What GitHub billed, as whoever asks it has stored it, and why it is not known of others. */
  async bills(): Promise<Bills> {
    const { engine, time } = this.#options;
    const owners = this.#prepared?.values.github.billing ?? [];
    const notes = await Promise.all(owners.map((owner) => engine.readNote(billingNote(owner))));
    return {
      owners,
      reports: notes.flatMap((note) => readBillingReport(note, time.clock()) ?? []),
      missing: this.#running?.billingMissing() ?? this.#heard?.billingMissing ?? [],
    };
  }

  /** How far the last day is read, where there are no webhooks; null: as far as it can be. */
  firstRead(): FirstRead | null {
    return this.#running?.firstRead() ?? this.#heard?.firstRead ?? null;
  }

  /** Null while there is nothing to log in with. */
  get backfill(): Backfill | null {
    if (this.#running !== null) return this.#running.backfill;
    return this.#leads || !this.isAsking ? null : this.#remoteBackfill;
  }

  /**
   * Sends nothing yet. Null: these values are used already. Throws `config_invalid` for values that can't
   * work.
   */
  prepare({ github, network, recovery, storage, metrics }: SyncValues): PreparedSync | null {
    const [{ retentionMs }, { runnerLabels }] = [storage, metrics];
    const values = { github, network, recovery, storage: { retentionMs }, metrics: { runnerLabels } };
    const before = this.#prepared;
    if (before !== null && isDeepStrictEqual(values, before.values)) return null;
    const isSame = before !== null && isDeepStrictEqual(loginOf(values), loginOf(before.values));
    const memory = isSame ? before.memory : openGitHubMemory();
    return { values, memory, github: openClient(values, memory, this.#options) };
  }

  /** Ends what is under way, and starts with these values; null changes nothing. */
  async switchTo(prepared: PreparedSync | null): Promise<void> {
    if (prepared === null) return;
    await this.close();
    const { values, github } = prepared;
    this.#prepared = prepared;
    if (github === null || !this.#leads) return;
    this.#running = startSync(github, values, this.#options);
    this.#running.failed.catch(this.#failure.reject);
  }

  /** Whether this process asks GitHub from now on, or another one does. */
  async lead(leads: boolean): Promise<void> {
    if (leads === this.#leads) return;
    this.#leads = leads;
    this.#heard = null;
    const before = this.#prepared;
    if (!leads) return this.close();
    // Its client was closed with it.
    if (before !== null)
      await this.switchTo({ ...before, github: openClient(before.values, before.memory, this.#options) });
  }

  /** What this process knows, for the others. */
  report(atMs: number): LeaderReport {
    const [readings, refusals] = [this.readings(), this.refusals()];
    return {
      atMs,
      readings,
      refusals,
      leftOut: this.leftOut(),
      runnersMissing: this.runnersMissing(),
      billingMissing: this.#running?.billingMissing() ?? [],
      firstRead: this.firstRead(),
      backfill: this.backfill?.status() ?? null,
    };
  }

  hear(report: LeaderReport | null): void {
    this.#heard = report;
  }

  async close(): Promise<void> {
    const running = this.#running;
    this.#running = null;
    await running?.close();
  }
}

function startSync(
  github: GitHub,
  { github: places, recovery, storage, metrics }: SyncValues,
  { mode, engine, time, serviceClock, logger, meter }: GitHubSyncOptions,
): RunningSync {
  const { clock, steady } = time;
  const { retentionMs } = storage;
  const { repositories: patterns, appPrivateKey, pollIntervalMs } = places;
  const history = openHistory({ github, hasApp: appPrivateKey !== null, clock, steady });
  const accessProblems = new AccessProblems({ steady, logger });
  const confirmTime = () => serviceClock.confirm();
  const ofPast: SyncOptions = { history, engine, patterns, retentionMs, clock, steady, logger, meter };
  const loop = startSyncLoop({
    ...ofPast,
    engine,
    mode,
    intervalMs: mode === 'recover' ? recovery.intervalMs : pollIntervalMs,
    accessProblems,
    confirmTime,
    endRequests: () => github.close(),
  });
  const { reconcileAfterMs } = recovery;
  const { annotations } = places;
  const inquiries = startInquiries(
    github,
    { reconcileAfterMs, annotations },
    { engine, time, confirmTime, logger },
  );
  const watches = startWatches(
    github,
    { places, byLabel: metrics.runnerLabels },
    { engine, time, logger, accessProblems },
  );
  const backfill = new BackfillRunner(ofPast);
  return {
    backfill,
    failed: loop.failed,
    wake: () => loop.wake(),
    firstRead: () => loop.firstRead(),
    refusals: () => [...github.refusals(), ...accessProblems.sentences(), ...loop.problems()],
    leftOut: () => accessProblems.leftOut(),
    runnersMissing: () => watches.runners.missing(),
    billingMissing: () => watches.bills.missing(),
    readings: () => [github, loop, watches.runners, watches.bills].flatMap((each) => each.readings()),
    async close() {
      // What is under way is cut short by the first, and not waited for.
      await Promise.all([loop.close(), inquiries.close(), watches.close(), backfill.close()]);
    },
  };
}
