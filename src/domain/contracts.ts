import type { ClockCorrection } from './clock-correction.ts';
import type { AcceptOutcome, Delivery, LeasedDelivery, ParkedDelivery, QueueStatus } from './delivery.ts';
import type { EngineHealth, EngineProgress, EngineReport } from './engine-health.ts';
import type { EventSample } from './event-sample.ts';
import type { Explanation } from './explanation.ts';
import type { Forgetting, ForgettingStep, Forgotten } from './forgetting.ts';
import type { KnownRepository } from './known-repository.ts';
import type { JobState, RunState } from './lifecycle/state.ts';
import type { ErrorLogCode, WarnCode } from './log-events/log-events.ts';
import type { GaugeReading, Increment } from './metric.ts';
import type { DeadEntry } from './outbox.ts';
import type { DroppedEntries, SinkNames, StoredOutbox } from './outbox-contract.ts';
import type { HistoryReader, QuestionMoment, ReadablePlace } from './queries.ts';
import type { Unexplained, UnexplainedQuery } from './reason-delivery.ts';
import type { DatabaseStatus, Fleet } from './replica.ts';
import type { KnownProperties } from './repository-labels.ts';
import type { TraceEntry } from './trace-entry.ts';
import type { Count, Decide, Processed, Source, StateKeys, StoredSeries } from './transaction.ts';
import type { LingeringQuery, Unfinished } from './unfinished.ts';
import type { WorkSpan } from './work-span.ts';

/*
 * The interfaces between the stages, in this order: what every part gets; what the main thread can ask of the
 * engine's; what the parts of the engine ask of each other; the store. A stage imports this file and nothing
 * from another stage. What one transaction reads and writes is in `transaction.ts`, GitHub's side in
 * `github-api.ts`, `github-history.ts` and `github-inquiry.ts`.
 */

/** The time, as an argument, so that tests can choose it. Milliseconds since the epoch. */
export type Clock = () => number;

/**
 * The log. Warnings and errors are declared in `log-events/`, each with a code and a fixed text; details go
 * into `fields`. Keys that may hold a secret are removed.
 */
export interface Logger {
  debug(message: string, fields?: object): void;
  info(message: string, fields?: object): void;
  warn(code: WarnCode, fields?: object): void;
  error(code: ErrorLogCode, fields?: object): void;
  /** The same logger with `fields` in every line. */
  child(fields: object): Logger;
}

/** Counts events. Never fails, never waits; the next scrape shows what was added. */
export interface Meter {
  add(increments: readonly Increment[]): void;
}

/**
 * The half of the service that owns the state (store, collector, metrics), as the half that talks HTTP sees
 * it. Both run in one process on two threads (docs/decisions/0002-two-threads.md).
 */
export interface Engine extends Inbox, Parking, RecoveryNotes, Copying {
  /** Stores increments that belong to no delivery. When it resolves, they survive `kill -9`. */
  count(increments: readonly Increment[]): Promise<void>;
  /** As `count`, together with the change of the note, or not at all: as `Store.changeNote`. */
  countOnce(change: NoteChange, increments: readonly Increment[]): Promise<boolean>;
  /** An exposition; `gauges` are readings that only the caller can take. Rejects with `store_unavailable`. */
  scrape(query: ScrapeQuery, gauges: readonly GaugeReading[]): Promise<Uint8Array>;
  /** Keeps less in memory from now on and frees what it can; or, when `isShort` is false, as usual again. */
  shortOfMemory(isShort: boolean): Promise<void>;
  /** Starts to push all metrics to all receivers of that kind of snapshots, once. */
  pushSnapshot(kind: SnapshotKind, gauges: readonly GaugeReading[]): Promise<void>;
  /** Takes spans of our own work to be sent; `leftOut`: how many there was no room for. */
  addOwnSpans(spans: readonly WorkSpan[], leftOut: number): Promise<void>;
  /** Aborts the snapshots under way, and every later one. */
  endSnapshots(): Promise<void>;
  /** Samples that receivers refused as invalid, latest first. */
  deadSamples(limit: number): Promise<DeadEntry<EventSample>[]>;
  /** Likewise what endpoints refused of traces. */
  deadTraces(limit: number): Promise<DeadEntry<TraceEntry>[]>;
  health(): Promise<EngineHealth>;
  progress(): Promise<EngineProgress>;
  report(): Promise<EngineReport>;
  explainJob(jobId: number): Promise<Explanation>;
  explainRun(runId: number): Promise<Explanation>;
  /** As `Store.readableAt`. */
  readableAt(): Promise<ReadablePlace | null>;
  /** Answers a question of `src/queries/`, where only the engine can read what is stored. */
  ask(name: string, query: unknown): Promise<unknown>;
  /** As `StateReader.lingering`. */
  lingering(query: LingeringQuery): Promise<Unfinished[]>;
  /** As `StateReader.unexplained`. */
  unexplained(query: UnexplainedQuery): Promise<Unexplained[]>;
  /** The positions of those numbers in a push that would take their counters beyond 2^53. */
  uncountable(push: Delivery): Promise<readonly number[]>;
  /**
   * The time is so much later: the engine's clock, and all that has gone by it, is corrected. Rejects with
   * `store_unavailable`; then nothing was.
   */
  correctClock(byMs: number): Promise<void>;
  /** As `Store.proveDurable`. */
  proveDurable(): Promise<void>;
}

export type ExpositionFormat = 'text' | 'openmetrics';

/** All of `/metrics`, for receivers of samples; or what has names of OpenTelemetry, for those of OTLP. */
export type SnapshotKind = 'exposition' | 'otlp';

export interface ScrapeQuery {
  readonly format: ExpositionFormat;
  /** `shared`: what is the same whichever process is asked; `process`: what is this one's alone. */
  readonly scope: 'all' | 'shared' | 'process';
  /** A set of metrics under names of others, alone (`src/compat/names.ts`); absent: our own. */
  readonly compat?: string;
  /** In gzip. */
  readonly isPacked?: boolean;
}

/** webhook, sync → collector. */
export interface Inbox {
  /**
   * Makes all deliveries durable in one transaction and returns one outcome for each, in order. When this
   * resolves, every delivery survives `kill -9` and loss of power. A `guid` seen before, or earlier in the
   * same call, is a `duplicate` and changes nothing. Counts `ant_watcher_deliveries_total` in the same
   * transaction, and `ant_watcher_recovered_deliveries_total` for new deliveries that GitHub did not send.
   * Rejects with `store_unavailable`; then nothing was stored and everything may be sent again.
   */
  accept(deliveries: readonly Delivery[]): Promise<readonly AcceptOutcome[]>;
}

/** What an operator can do with the queue. */
export interface Parking {
  /**
   * Makes every parked delivery (or the one with this `guid`) due again, with its attempts counted from 0;
   * returns how many.
   */
  replayParked(guid?: string): Promise<number>;
}

/** recovery ⇄ store: what is already known, and up to when. */
export interface RecoveryNotes {
  /** The time stored under that name; null if none. */
  readMark(name: string): Promise<number | null>;
  /** Stores the time in place of an earlier one; survives `kill -9`. */
  writeMark(name: string, atMs: number): Promise<void>;
  /** The text stored under that name; null if none. */
  readNote(name: string): Promise<string | null>;
  /** Stores the text in place of an earlier one; null deletes it. Survives `kill -9`. */
  writeNote(name: string, text: string | null): Promise<void>;
  /** By name. */
  knownRepositories(): Promise<KnownRepository[]>;
  /** Those delivery ids that were not accepted, as far as ids are still known (`Store.forgetSeen`). */
  unseen(guids: readonly string[]): Promise<string[]>;
}

/** A note as it was read, and what it is to be instead. */
export interface NoteChange {
  readonly name: string;
  /** Null: there was none. */
  readonly before: string | null;
  readonly after: string;
}

/** store → api: backups. */
export interface Copying {
  /**
   * Copies everything stored, as of one moment during this call, while the store is used, and checks the
   * copy. Rejects with `store_unavailable` if there is no room, with `store_damaged` if the copy is corrupt,
   * and with `backup_unsupported` if this store is backed up in another way, or not at all. The caller
   * removes the file.
   */
  copy(): Promise<{ readonly path: string; readonly bytes: number }>;
}

/** collector ⇄ store. */
export interface WorkQueue {
  /**
   * Leases up to `limit` deliveries that are due, oldest first, for `leaseMs` or until the process ends.
   * Those not processed by then are leased again.
   */
  lease(limit: number, leaseMs: number): Promise<LeasedDelivery[]>;
  /** Jobs that were held until before `nowMs` (`JobState.heldUntilMs`). */
  heldJobs(nowMs: number, limit: number): Promise<JobState[]>;
  /** Attempts that settle before `nowMs` (`RunState.settlesAtMs`). */
  settlingRuns(nowMs: number, limit: number): Promise<RunState[]>;
  /**
   * One transaction: records the ids of arrived deliveries, reads the states of the keys, calls `decide`, and
   * writes what it returns, all of it or nothing. No other transaction changes these states in between.
   *
   * - An arrived delivery is a `duplicate` if its `guid` was seen before, or earlier in the same call. A
   *   leased one is `accepted`, or a `duplicate` if its lease was taken over by another process.
   * - When this resolves, arrived deliveries survive `kill -9` and loss of power. Other work survives
   *   `kill -9`; after a loss of power it may be undone, and then its deliveries are in the queue again.
   * - Increments add to what is stored, so that other processes may add to it as well.
   * - Rejects with whatever `decide` throws, and with `store_unavailable`; then nothing was stored.
   */
  process(source: Source, keys: StateKeys, decide: Decide): Promise<Processed>;
}

/** The whole store. One implementation per database, all under the same conformance tests. */
export interface Store
  extends WorkQueue,
    Fleet,
    StateReader,
    Parking,
    RecoveryNotes,
    Copying,
    Omit<Forgetting, 'forgetRuns'>,
    AsyncDisposable {
  /**
   * Rejects with `store_damaged` once a call has found the store damaged; every later call rejects with the
   * same. Never resolves.
   */
  readonly damaged: Promise<never>;
  /** Where other threads can read meanwhile; null: nowhere. */
  readonly readableAt: ReadablePlace | null;
  readonly samples: StoredOutbox<EventSample>;
  readonly traces: StoredOutbox<TraceEntry>;
  /**
   * Gives these sinks, and no others, a position. A new sink begins with what is stored from now on; what waits
   * for a removed one is deleted. One transaction for all outboxes.
   */
  openSinks(sinks: SinkNames): Promise<DroppedEntries>;
  /**
   * Changes the note and adds what `count` returns, in one transaction, if the note still is what it was;
   * returns whether it is. `count` is only called then. So what a note says is counted is counted once, also
   * by two processes that each take themselves for the leader.
   */
  changeNote(change: NoteChange, count: Count<void>): Promise<boolean>;
  /** As `Forgetting.forgetRuns`; `count` gets what was forgotten. */
  forgetRuns(step: ForgettingStep, count: Count<Forgotten>): Promise<Forgotten>;
  /**
   * Adds to the history what was counted by a version that kept none, the next `limit` jobs and runs; answers
   * whether that was all.
   */
  fillHistory(limit: number): Promise<boolean>;
  /**
   * Makes further hours of the history that ended before that time quick to read, until so many facts are
   * done; answers whether that was all.
   */
  packHistory(beforeMs: number, facts: number): Promise<boolean>;
  /**
   * Deletes series with all their cells, including those that jobs pushed. `pick` is called in the transaction,
   * once all that other processes have counted is known.
   */
  deleteSeries(
    pick: () => readonly { readonly metric: string; readonly labels: readonly string[] }[],
  ): Promise<void>;
  /** Corrects what a wrong clock has stored: when something is due, and what is later than now. */
  correctTimes(correction: ClockCorrection): Promise<void>;
  /** To be called now and then, so that programs that read for hours don't make the log grow for ever. */
  renewLog(): Promise<void>;
  /** How large the log is, on top of `usedBytes`, and whether a program that reads keeps it from being emptied. */
  logStatus(): Promise<{ readonly bytes: number; readonly isHeld: boolean }>;
  /** How it goes with the database server; null: there is none. */
  databaseStatus(): Promise<DatabaseStatus | null>;
  /** Frees memory that is not needed. */
  releaseMemory(): Promise<void>;
  /** The size of what is stored, on disk or in memory. */
  usedBytes(): Promise<number>;
  /** Resolves if a delivery could be made durable now: writes and syncs. Rejects with `store_unavailable`. */
  proveDurable(): Promise<void>;
  /**
   * Rejects with `store_unavailable` or `store_replaced` if the next process would not find what is stored.
   */
  provePlace(): Promise<void>;
  /**
   * Cycles through all delivery ids, `limit` per call, and forgets those seen before `beforeMs`; returns how
   * many, and whether this call finished a round.
   */
  forgetSeen(
    beforeMs: number,
    limit: number,
  ): Promise<{ readonly forgotten: number; readonly isRound: boolean }>;
}

/** store → metrics, api: the current state. */
export interface StateReader {
  /** The value of every series, all as of one moment. */
  readSeries(): Promise<StoredSeries>;
  /**
   * The gauges of runs and jobs in flight and of workflows, counted from the stored state; ghosts are counted
   * separately (`staleJobs`, `staleRuns`). Several readings may have the same labels: combine them
   * (`Metric.combine`).
   */
  readActivity(nowMs: number): Promise<GaugeReading[]>;
  /** The custom properties that repositories had last, by name. */
  repositoryProperties(): Promise<KnownProperties[]>;
  /**
   * Jobs and runs whose end may have been lost, oldest status first. What GitHub no longer knows is left out
   * until another event about it arrives.
   */
  lingering(query: LingeringQuery): Promise<Unfinished[]>;
  /** Jobs that failed and that GitHub has yet to be asked about, the last that ended first. */
  unexplained(query: UnexplainedQuery): Promise<Unexplained[]>;
  explainJob(jobId: number): Promise<Explanation>;
  explainRun(runId: number): Promise<Explanation>;
  /** Lets `work` read for one question. */
  readFor(moment: QuestionMoment, work: (reader: HistoryReader) => Promise<unknown>): Promise<unknown>;
  queueStatus(): Promise<QueueStatus>;
  parkedDeliveries(limit: number): Promise<ParkedDelivery[]>;
}
