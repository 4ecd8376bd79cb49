import type { AcceptOutcome, Delivery, LeasedDelivery, ParkedDelivery, QueueStatus } from './delivery.ts';
import type { EngineHealth } from './engine-health.ts';
import type { Explanation } from './explanation.ts';
import type { Forgetting, ForgettingStep, Forgotten } from './forgetting.ts';
import type { DatedJobPage, JobPage, JobQuery } from './job-list.ts';
import type { KnownRepository } from './known-repository.ts';
import type { JobState } from './lifecycle/state.ts';
import type { ErrorLogCode, WarnCode } from './log-events/log-events.ts';
import type { GaugeReading, Increment } from './metric.ts';
import type {
  DeadSample,
  LostSamples,
  OutboxLimits,
  OutboxProgress,
  OutboxStatus,
  SampleBatch,
  Settlement,
} from './outbox.ts';
import type { Sample, SendOutcome } from './sample.ts';
import type { StoreCopy } from './store-copy.ts';
import type { Count, Decide, Processed, Source, StateKeys, StoredSeries } from './transaction.ts';
import type { LingeringQuery, Unfinished } from './unfinished.ts';

/* Every seam between the stages, on one page. A stage imports this file and nothing of another stage. */

/** The time, as an argument, so that tests can choose it. Milliseconds since the epoch. */
export type Clock = () => number;

/**
 * What people read. A warning or an error is declared in `log-events/`, under a code and with a text that never changes; its
 * details are in `fields`. Keys that may hold a secret are removed.
 */
export interface Logger {
  debug(message: string, fields?: object): void;
  info(message: string, fields?: object): void;
  warn(code: WarnCode, fields?: object): void;
  error(code: ErrorLogCode, fields?: object): void;
  /** The same logger with `fields` in every line. */
  child(fields: object): Logger;
}

/** Counts what happens. Never fails, never waits; what was added is seen by the next scrape. */
export interface Meter {
  add(increments: readonly Increment[]): void;
}

/** webhook, sync → collector. */
export interface Inbox {
  /**
   * Makes all deliveries durable in one transaction and answers one outcome for each, in order. When this resolves,
   * every delivery survives `kill -9` and loss of power. A `guid` seen before, also earlier in the same call, is a
   * `duplicate` and changes nothing. Counts `ant_watcher_deliveries_total` in the same transaction, and
   * `ant_watcher_recovered_deliveries_total` for what is new and was not sent by GitHub.
   * Rejects with `store_unavailable`; then nothing was stored and all may be sent again.
   */
  accept(deliveries: readonly Delivery[]): Promise<readonly AcceptOutcome[]>;
}

/** collector ⇄ store. */
export interface WorkQueue {
  /**
   * Hands out up to `limit` deliveries that are due, oldest first, and to nobody else for `leaseMs` or until
   * the process ends. What is not processed by then is handed out again.
   */
  lease(limit: number, leaseMs: number): Promise<LeasedDelivery[]>;
  /** Jobs that were held until before `nowMs` (`JobState.heldUntilMs`). */
  heldJobs(nowMs: number, limit: number): Promise<JobState[]>;
  /**
   * One transaction: remembers the ids of what has arrived, reads the states of the keys, asks `decide`, and writes what it answers,
   * all of it or nothing. Nobody else changes these states in between.
   *
   * - A delivery that has arrived is a `duplicate` where its `guid` was seen before, also earlier in the same call; a leased one
   *   is `accepted`.
   * - When this resolves, deliveries that have arrived survive `kill -9` and loss of power. Other work survives `kill -9`; after a
   *   loss of power it may be undone, and then its deliveries are in the queue again.
   * - Increments add to what is stored, so that others may add to it as well.
   * - Rejects with what `decide` throws, as it is, and with `store_unavailable`; then nothing was stored.
   */
  process(source: Source, keys: StateKeys, decide: Decide): Promise<Processed>;
}

/** store → metrics, api: what is true now. */
export interface StateReader {
  /** What every series holds, all of it as of one moment. */
  readSeries(): Promise<StoredSeries>;
  /**
   * The gauges of runs and jobs in flight and of workflows, counted from the stored state; ghosts are apart (`staleJobs`, `staleRuns`).
   * Several readings may have the same labels: they are to be combined (`Metric.combine`).
   */
  readActivity(nowMs: number): Promise<GaugeReading[]>;
  /**
   * Jobs and runs whose end may have been lost, those first whose status was told first. What GitHub no longer knows is
   * left out until something is heard of it again.
   */
  lingering(query: LingeringQuery): Promise<Unfinished[]>;
  /**
   * Single jobs, as many as asked for in the order asked for; of completed ones each execution once. Looks at the rows little by
   * little, and lets other work of the thread go on in between.
   */
  listJobs(query: JobQuery, nowMs: number): Promise<JobPage>;
  explainJob(jobId: number): Promise<Explanation>;
  explainRun(runId: number): Promise<Explanation>;
  queueStatus(): Promise<QueueStatus>;
  parkedDeliveries(limit: number): Promise<ParkedDelivery[]>;
}

/** The operator's hand on the queue. */
export interface Parking {
  /** Makes every parked delivery (or the one named by `guid`) due again, with its attempts counted from 0; answers how many. */
  replayParked(guid?: string): Promise<number>;
}

/** engine → push: what is to be pushed. `Additions.samples` are put in, once for all sinks; each has its own place. */
export interface Outbox {
  /**
   * Makes sure that these sinks, and no others, have a place. A new one begins with what is stored from now on; what waits for
   * one that is gone is forgotten. Answers how many samples those were.
   */
  openOutbox(sinks: readonly string[]): Promise<number>;
  readSamples(sink: string, limit: number): Promise<SampleBatch>;
  /** Moves the sink's place and counts the samples between by their outcome, in one transaction. */
  settleSamples(settlement: Settlement): Promise<void>;
  /** Removes the oldest samples while there is more than the limits allow, and counts them. Answers how many were lost to a sink. */
  trimOutbox(limits: OutboxLimits): Promise<number>;
  outboxStatus(): Promise<OutboxStatus[]>;
}

/** The outbox as it is stored. */
export interface StoredOutbox extends Omit<Outbox, 'settleSamples' | 'trimOutbox'> {
  /** Moves the sink's place; `count` gets how many samples it has passed. A place behind it moves nothing. */
  settleSamples(settlement: Settlement, count: Count<number>): Promise<void>;
  /**
   * Removes the oldest samples while they were stored before `beforeMs` or all together are larger than `maxBytes`; `count` gets
   * what each sink has lost that has not sent them, and so does the caller.
   */
  trimOutbox(limits: OutboxLimits, count: Count<readonly LostSamples[]>): Promise<readonly LostSamples[]>;
  outboxProgress(): Promise<OutboxProgress>;
  /** The latest first. */
  deadSamples(limit: number): Promise<DeadSample[]>;
}

/** store → api: backups. */
export interface Copying {
  /**
   * Copies all that is stored, as of one moment between this call and its end, while the store is used, and checks the copy.
   * Rejects with `store_unavailable` where there is no room for it, with `store_damaged` if it is not sound, and with
   * `backup_unsupported` where copies are made in another way, or make no sense.
   */
  copy(): Promise<StoreCopy>;
}

/** The whole of it. One implementation per database, all under the same conformance tests. */
export interface Store
  extends WorkQueue,
    StateReader,
    Parking,
    StoredOutbox,
    RecoveryNotes,
    Copying,
    Omit<Forgetting, 'forgetRuns'>,
    AsyncDisposable {
  /**
   * Rejects with `store_damaged` once a call has found the store damaged; every later call rejects with the
   * same. Never resolves.
   */
  readonly damaged: Promise<never>;
  /** As `Forgetting.forgetRuns`; `count` gets what is forgotten. */
  forgetRuns(step: ForgettingStep, count: Count<Forgotten>): Promise<Forgotten>;
  /** Deletes series with all their cells, those that jobs handed in too. */
  deleteSeries(
    series: readonly { readonly metric: string; readonly labels: readonly string[] }[],
  ): Promise<void>;
  /** Gives back the memory that it can do without. */
  releaseMemory(): Promise<void>;
  /** What is stored takes so much, where it is stored. */
  usedBytes(): Promise<number>;
  /** Resolves if a delivery could be made durable now: writes and syncs. Rejects with `store_unavailable`. */
  proveDurable(): Promise<void>;
  /**
   * Goes over all delivery ids again and again, `limit` of them at each call, and forgets those seen before `beforeMs`; answers
   * how many, and whether it has come to the end of a round.
   */
  forgetSeen(
    beforeMs: number,
    limit: number,
  ): Promise<{ readonly forgotten: number; readonly isRound: boolean }>;
}

/** recovery ⇄ store: what is known already, and up to when. */
export interface RecoveryNotes {
  /** A moment that was remembered under that name; null: none was. */
  readMark(name: string): Promise<number | null>;
  /** Remembers the moment in place of an earlier one; survives `kill -9`. */
  writeMark(name: string, atMs: number): Promise<void>;
  /** A text that was remembered under that name; null: none is. */
  readNote(name: string): Promise<string | null>;
  /** Remembers the text in place of an earlier one, with null none any more; survives `kill -9`. */
  writeNote(name: string, text: string | null): Promise<void>;
  /** By name. */
  knownRepositories(): Promise<KnownRepository[]>;
  /** Those of the delivery ids that were not accepted, as far as they are remembered (`Store.forgetSeen`). */
  unseen(guids: readonly string[]): Promise<string[]>;
}

/** metrics → the outside: a database that takes samples. Sending the same again does no harm. */
export interface Receiver {
  /**
   * Sends the samples in one request. Never rejects for anything that a receiver or the network does; at `signal`
   * it gives up with `retry`. Takes only samples that are in order (`push/sample-problem.ts`): receivers drop others without a word.
   */
  send(samples: readonly Sample[], signal?: AbortSignal): Promise<SendOutcome>;
  /**
   * Sends a whole exposition (text 0.0.4 as `Engine.scrape` gives it), every value as of `atMs`, in as many requests as it takes;
   * the first that is not taken ends it and is the outcome. Otherwise as `send`.
   */
  snapshot(exposition: Uint8Array, atMs: number, signal?: AbortSignal): Promise<SendOutcome>;
  /** Ends what is under way (with `retry`) and the connection. */
  close(): Promise<void>;
}

export type ExpositionFormat = 'text' | 'openmetrics';

/**
 * The half of the service that owns the state (store, collector, metrics), as the half that talks HTTP sees it. Both
 * run in one process on two threads (docs/decisions/0002-two-threads.md).
 */
export interface Engine extends Inbox, Parking, RecoveryNotes, Copying {
  /** As `Store.addIncrements`. */
  count(increments: readonly Increment[]): Promise<void>;
  /** The whole exposition; `gauges` are readings that only the caller can take. */
  scrape(format: ExpositionFormat, gauges: readonly GaugeReading[]): Promise<Uint8Array>;
  /** Keeps less in memory from now on and gives back what is free; or, when `isShort` is false, as usual again. */
  shortOfMemory(isShort: boolean): Promise<void>;
  /** Begins to push the exposition to all receivers, once. */
  pushSnapshot(gauges: readonly GaugeReading[]): Promise<void>;
  /** Cuts short the snapshots that are under way, and every later one. */
  endSnapshots(): Promise<void>;
  /** Samples that receivers refused for what they are, the latest first. */
  deadSamples(limit: number): Promise<DeadSample[]>;
  health(): Promise<EngineHealth>;
  explainJob(jobId: number): Promise<Explanation>;
  explainRun(runId: number): Promise<Explanation>;
  /** As `StateReader.listJobs`. */
  listJobs(query: JobQuery): Promise<DatedJobPage>;
  /** As `StateReader.lingering`. */
  lingering(query: LingeringQuery): Promise<Unfinished[]>;
  /**
   * The positions of those numbers of a push that can't be counted: their counters have come to 2^53, where adding no longer is
   * exact.
   */
  uncountable(push: Delivery): Promise<readonly number[]>;
  /** As `Store.proveDurable`. */
  proveDurable(): Promise<void>;
}
