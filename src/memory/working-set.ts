import type { Clock, Logger, Meter } from '../domain/contracts.ts';
import { jobsKey, runKey } from '../domain/lifecycle/state.ts';
import { countOf, type GaugeReading } from '../domain/metric.ts';
import type { OutboxProgress } from '../domain/outbox.ts';
import { SELF } from '../domain/own-metrics.ts';
import type { Effects, KnownStates, StateKeys } from '../domain/transaction.ts';
import { SparingLog } from '../logger/sparing-log.ts';
import { jobsEntry, runEntry } from './entry.ts';
import { EVICTION_REASONS, EvictionOrder } from './eviction-order.ts';

export interface WorkingSetOptions {
  /** How far the samples have been sent. */
  readonly progress: () => Promise<OutboxProgress>;
  readonly meter: Meter;
  /** As `ServiceTime.steady`. */
  readonly steady: Clock;
  readonly logger: Logger;
  readonly limitBytes: number;
  /** How long untouched states are kept; a tenth of that once they are final and their samples are sent. */
  readonly ttlMs: () => number;
}

/** What is known about some states before the store is asked. */
export interface Lookup {
  /** What has to be read from the store. */
  readonly missing: StateKeys;
  /**
   * Everything that is known, plus what the store found of the missing: what the store would return for all
   * keys.
   */
  with(found: KnownStates): KnownStates;
}

/** How many times shorter dispatched entries are kept. */
const DISPATCHED_TTL_DIVISOR = 10;

/**
 * The states of current work, in memory, so that the store is not asked with each event for what was just
 * written. Whatever is evicted is read from the store when it is needed again: this only saves time.
 * Dispatched entries go first, then expired ones, then the oldest; the last case means that the limit is too
 * small, and is logged.
 */
export class WorkingSet {
  readonly #options: WorkingSetOptions;
  readonly #order = new EvictionOrder();
  readonly #forced: SparingLog;
  #limitBytes: number;

  constructor(options: WorkingSetOptions) {
    this.#options = options;
    this.#limitBytes = options.limitBytes;
    const write = (fields: object) => options.logger.error('working_set_full', fields);
    this.#forced = new SparingLog(write, 60_000);
  }

  /** Look again for each transaction: what others write makes it stale. */
  look(keys: StateKeys): Lookup {
    const jobs = keys.jobs.map((key) => this.#order.get(jobsKey(key))?.jobs ?? []);
    const runs = keys.runs.map((key) => this.#order.get(runKey(key))?.runs);
    const missing = {
      ...keys,
      // All jobs of the name are here, and the one with the id is among them: otherwise the store may know it by
      // another name.
      jobs: keys.jobs.filter(({ jobId }, index) => !jobs[index]?.some((job) => job.jobId === jobId)),
      runs: keys.runs.filter((_, index) => runs[index] === undefined),
      jobsOfRuns: keys.jobsOfRuns ?? [],
    };
    return {
      missing,
      with: (found) => {
        this.#keep(missing, found);
        const known = new Map([...jobs.flat(), ...found.jobs].map((job) => [job.jobId, job]));
        const knownRuns = new Set([...runs.flatMap((each) => each ?? []), ...found.runs]);
        return { ...found, jobs: [...known.values()], runs: [...knownRuns] };
      },
    };
  }

  #keep(asked: StateKeys, found: KnownStates): void {
    const lastUse = { touchedAtMs: this.#options.steady(), endSeq: 0 };
    const jobs = Map.groupBy(found.jobs, jobsKey);
    for (const key of new Set(asked.jobs.map(jobsKey))) {
      this.#order.put(jobsEntry(key, jobs.get(key) ?? [], lastUse));
    }
    const runs = new Map(found.runs.map((run) => [runKey(run), [run]]));
    for (const key of asked.runs.map(runKey)) this.#order.put(runEntry(key, runs.get(key) ?? [], lastUse));
    this.#forgetRenamed(asked, found);
  }

  /**
   * A job that the store knows by another name than the requested one, which is rare, may soon belong to
   * either.
   */
  #forgetRenamed(asked: StateKeys, found: KnownStates): void {
    const stored = new Map(found.jobs.map((job) => [job.jobId, jobsKey(job)]));
    for (const job of asked.jobs) {
      const key = stored.get(job.jobId) ?? jobsKey(job);
      if (key !== jobsKey(job)) for (const each of [key, jobsKey(job)]) this.#order.remove(each);
    }
  }

  /** Keeps what a transaction has written, once it is committed. */
  note({ jobs, runs }: Pick<Effects, 'jobs' | 'runs'>, { endSeq, settledSeq }: OutboxProgress): void {
    const lastUse = { touchedAtMs: this.#options.steady(), endSeq };
    for (const job of jobs) {
      const key = jobsKey(job);
      // Without the other jobs of its name it would be incomplete.
      const others = this.#order.get(key)?.jobs.filter(({ jobId }) => jobId !== job.jobId);
      if (others !== undefined) this.#order.put(jobsEntry(key, [...others, job], lastUse));
    }
    for (const run of runs) this.#order.put(runEntry(runKey(run), [run], lastUse));
    if (this.#order.bytes > this.#limitBytes) this.#evict(settledSeq);
  }

  /** Evicts what has expired, and more while the size exceeds the limit. */
  async sweep(): Promise<void> {
    this.#evict((await this.#options.progress()).settledSeq);
  }

  #evict(settledSeq: number): void {
    const { steady, meter } = this.#options;
    const nowMs = steady();
    const ttlMs = this.#options.ttlMs();
    this.#order.dispatch(settledSeq);
    const evicted = this.#order.evict({
      limitBytes: this.#limitBytes,
      expiredMs: nowMs - ttlMs,
      dispatchedMs: nowMs - ttlMs / DISPATCHED_TTL_DIVISOR,
    });
    for (const reason of EVICTION_REASONS) {
      if (evicted[reason] > 0) meter.add([countOf(SELF.memoryEvictions, [reason], evicted[reason])]);
    }
    if (evicted.oldest > 0) this.#forced.log({ limitBytes: this.#limitBytes }, { count: evicted.oldest });
  }

  /** Forgets all of it: others have written. */
  clear(): void {
    this.#order.clear();
  }

  /** Sets the limit in bytes; null: the configured one. */
  async squeeze(limitBytes: number | null): Promise<void> {
    this.#limitBytes = Math.min(limitBytes ?? Number.POSITIVE_INFINITY, this.#options.limitBytes);
    await this.sweep();
  }

  readings(): GaugeReading[] {
    const objects = SELF.memoryObjects.name;
    return [
      { metric: objects, labels: ['job'], value: this.#order.objects('job') },
      { metric: objects, labels: ['run'], value: this.#order.objects('run') },
      { metric: SELF.memoryBytes.name, labels: [], value: this.#order.bytes },
    ];
  }
}
