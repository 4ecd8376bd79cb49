import type { NoteChange, Store, WorkQueue } from '../domain/contracts.ts';
import type { EventSample } from '../domain/event-sample.ts';
import {
  type Forgetting,
  type ForgettingStep,
  type Forgotten,
  forgottenCounts,
} from '../domain/forgetting.ts';
import type { Increment } from '../domain/metric.ts';
import type { Follower, OthersChanges } from '../domain/others-changes.ts';
import type { Lost, Settled } from '../domain/outbox.ts';
import type { DroppedEntries, Outbox, SinkNames, StoredOutbox } from '../domain/outbox-contract.ts';
import {
  lostCounts,
  type OutboxMetrics,
  restartCounts,
  SAMPLE_METRICS,
  SPAN_METRICS,
  settledCounts,
} from '../domain/outbox-counts.ts';
import type { TraceEntry } from '../domain/trace-entry.ts';
import {
  type Additions,
  type Changes,
  type Count,
  type Decide,
  NO_CHANGES,
  NO_DELIVERIES,
  NO_KEYS,
  type Processed,
  type Source,
  type StateKeys,
  type StoredSeries,
} from '../domain/transaction.ts';
import type { WorkingSet } from '../memory/working-set.ts';
import { UniqueTimestamps } from '../metrics/unique-timestamps.ts';
import { openSerialQueue } from '../timing/serial-queue.ts';
import type { CorrectableTime } from '../timing/service-time.ts';
import { currentWork, traced } from '../timing/traced.ts';
import type { EngineRules } from './rules.ts';

export interface LedgerOptions {
  readonly store: Store;
  /** The rules at that moment. */
  readonly rules: () => Pick<EngineRules, 'registry' | 'jobNumbers' | 'pushes'>;
  /** Null where a store needs nothing before it. */
  readonly working: WorkingSet | null;
  /** Called when another process has changed a job or run. */
  readonly onOthers?: () => void;
}

/** Series that were read and are not shown yet, and what others have stored since. */
interface Unused {
  stored: StoredSeries;
  others: OthersChanges[];
}

/**
 * Keeps the numbers in memory equal to those in the store. Whatever changes a number goes through here, one
 * transaction at a time: what it adds is reduced to the labels that are kept, while the transaction is open;
 * once that is stored, the registry has it.
 */
export class Ledger implements WorkQueue, Pick<Forgetting, 'forgetRuns'>, Follower {
  readonly samples: Outbox<EventSample>;
  readonly traces: Outbox<TraceEntry>;
  readonly #options: LedgerOptions;
  readonly #timestamps = new UniqueTimestamps();
  readonly #inTurn = openSerialQueue();
  #changes = 0;
  #unused: Unused | null = null;
  #catchingUp: Promise<void> | null = null;

  constructor(options: LedgerOptions) {
    this.#options = options;
    this.samples = this.#outbox(options.store.samples, SAMPLE_METRICS);
    this.traces = this.#outbox(options.store.traces, SPAN_METRICS);
  }

  /** What another process has stored (`Fleet.follow`). */
  apply(changes: OthersChanges): void {
    if (this.#unused !== null) return void this.#unused.others.push(changes);
    const { cells, samples, numbers, removed, changesStates } = changes;
    const { registry, jobNumbers } = this.#options.rules();
    registry.follow(cells);
    registry.remove(removed);
    jobNumbers.apply(numbers);
    jobNumbers.remove(removed);
    this.#timestamps.keep(samples);
    if (changesStates) this.#noteOthers();
  }

  /** As `Follower.replace`. */
  replace(stored: StoredSeries): void {
    if (this.#unused !== null) return void Object.assign(this.#unused, { stored, others: [] });
    const { cells, numbers } = stored;
    const { registry, jobNumbers } = this.#options.rules();
    registry.clear();
    registry.restore(cells);
    jobNumbers.clear();
    jobNumbers.apply(numbers);
    this.#options.working?.clear();
    this.#noteOthers();
  }

  #noteOthers(): void {
    this.#changes += 1;
    this.#options.onOthers?.();
  }

  /** Has in memory what every process has stored until now. Rejects as `Fleet.catchUp`. */
  catchUp(): Promise<void> {
    // One that has not begun does for all that wait for one: where it takes long, they do not pile up.
    this.#catchingUp ??= this.#inTurn(() => {
      this.#catchingUp = null;
      return this.#options.store.catchUp();
    });
    return this.#catchingUp;
  }

  /** Grows with each transaction that may have changed a job or run. */
  get changes(): number {
    return this.#changes;
  }

  process(source: Source, keys: StateKeys, decide: Decide): Promise<Processed> {
    const describe = () => ({ name: 'transaction', attributes: {}, parent: currentWork() });
    return this.#inTurn(() => traced(describe, () => this.#transact(source, keys, decide)));
  }

  async #transact(source: Source, keys: StateKeys, decide: Decide): Promise<Processed> {
    const { store, working } = this.#options;
    const lookup = working?.look(keys);
    let written: Changes = NO_CHANGES;
    const processed = await store.process(source, lookup?.missing ?? keys, (outcomes, found, nowMs) => {
      const changes = decide(outcomes, lookup?.with(found) ?? found, nowMs);
      written = { ...changes, ...this.#admit(changes, nowMs) };
      return written;
    });
    this.#note(written);
    working?.note(written, processed.outbox);
    if (written.jobs.length + written.runs.length + written.deployments.length > 0) this.#changes += 1;
    return processed;
  }

  /** As `Engine.count`. */
  async add(increments: readonly Increment[]): Promise<void> {
    await this.process(NO_DELIVERIES, NO_KEYS, () => ({ ...NO_CHANGES, increments }));
  }

  /** As `Store.changeNote`. */
  countOnce(change: NoteChange, increments: readonly Increment[]): Promise<boolean> {
    const { store } = this.#options;
    return this.#counting(
      () => increments,
      (count) => store.changeNote(change, count),
    );
  }

  forgetRuns(step: ForgettingStep): Promise<Forgotten> {
    const { store } = this.#options;
    return this.#counting(forgottenCounts, (count) => store.forgetRuns(step, count));
  }

  /** Forgets the series that nothing was added to since. */
  expire(beforeMs: number): Promise<void> {
    const { store, rules } = this.#options;
    return this.#inTurn(async () => {
      const { registry, jobNumbers } = rules();
      const idle = () => [...registry.idle(beforeMs), ...jobNumbers.idle(beforeMs)];
      if (idle().length === 0) return;
      let deleted: ReturnType<typeof idle> = [];
      await store.deleteSeries(() => {
        deleted = idle();
        return deleted;
      });
      registry.remove(deleted);
      jobNumbers.remove(deleted);
    });
  }

  /**
   * Moves the clock, and corrects what has gone by it, between two transactions. Rejects with
   * `store_unavailable`; then it did not.
   */
  correctClock(byMs: number, time: Pick<CorrectableTime, 'clock' | 'correct'>): Promise<void> {
    const { store, rules, working } = this.#options;
    return this.#inTurn(async () => {
      const nowMs = time.clock() + byMs;
      await store.correctTimes({ byMs, nowMs });
      time.correct(byMs);
      working?.clear();
      rules().jobNumbers.endAt(nowMs);
      this.#changes += 1;
    });
  }

  /** As `Store.openSinks`. */
  openSinks(sinks: SinkNames): Promise<DroppedEntries> {
    return this.#inTurn(() => this.#options.store.openSinks(sinks));
  }

  /**
   * As `openSinks`; also calls `restore` with what every series holds, before anything more is stored. It is
   * read first: what waits for removed sinks is only dropped once nothing else can fail.
   */
  reopen(sinks: SinkNames, restore: (stored: StoredSeries) => void): Promise<DroppedEntries> {
    const { store } = this.#options;
    return this.#inTurn(async () => {
      const unused: Unused = { stored: await store.readSeries(), others: [] };
      this.#unused = unused;
      const dropped = await store.openSinks(sinks).finally(() => {
        this.#unused = null;
      });
      restore(unused.stored);
      for (const changes of unused.others) this.apply(changes);
      return dropped;
    });
  }

  readonly lease: Store['lease'] = (limit, leaseMs) => this.#options.store.lease(limit, leaseMs);
  readonly heldJobs: Store['heldJobs'] = (nowMs, limit) => this.#options.store.heldJobs(nowMs, limit);
  readonly settlingRuns: Store['settlingRuns'] = (nowMs, limit) =>
    this.#options.store.settlingRuns(nowMs, limit);

  #outbox<Entry>(stored: StoredOutbox<Entry>, metrics: OutboxMetrics): Outbox<Entry> {
    return {
      read: stored.read,
      place: stored.place,
      status: stored.status,
      settle: (settlement) =>
        this.#counting(
          (settled: Settled) => settledCounts(metrics, settlement, settled),
          (count) => stored.settle(settlement, count),
        ),
      note: (note) =>
        this.#counting(
          (entries: number) => restartCounts(metrics, note, entries),
          (count) => stored.note(note, count),
        ),
      trim: async (limits) => {
        const lost = await this.#counting(
          (found: readonly Lost[]) => lostCounts(metrics, found),
          (count) => stored.trim(limits, count),
        );
        return lost.reduce((sum, { count }) => sum + count, 0);
      },
    };
  }

  /** A transaction that knows by itself what it writes, but for the numbers. */
  #counting<Found, T>(
    countsOf: (found: Found) => readonly Increment[],
    transact: (count: Count<Found>) => Promise<T>,
  ): Promise<T> {
    return this.#inTurn(async () => {
      let written: Additions = NO_CHANGES;
      const result = await transact((found, nowMs) => {
        written = this.#admit({ ...NO_CHANGES, increments: countsOf(found) }, nowMs);
        return written.increments;
      });
      this.#note(written);
      return result;
    });
  }

  /** What to store of the effects. */
  #admit(additions: Additions, nowMs: number): Additions {
    const { registry, jobNumbers, pushes } = this.#options.rules();
    const own = jobNumbers.admit(additions.numbers);
    const counted = registry.admit(
      { ...additions, increments: [...additions.increments, ...own.increments] },
      nowMs,
    );
    const samples = pushes ? [...counted.samples, ...own.samples] : [];
    return {
      ...counted,
      samples: this.#timestamps.assign(samples),
      traceEntries: additions.traceEntries,
      numbers: own.numbers,
      groups: additions.groups,
    };
  }

  /** What was stored is in the registry from now on. */
  #note({ increments, samples, numbers, groups }: Additions): void {
    const { registry, jobNumbers } = this.#options.rules();
    try {
      registry.apply(increments);
      registry.holdGroups(groups);
      jobNumbers.apply(numbers);
      this.#timestamps.keep(samples);
    } catch (bug) {
      // It stays stored, and who waits for it must not do it again; but the numbers in memory are no longer
      // the store's.
      setImmediate(() => {
        throw bug;
      });
    }
  }
}
