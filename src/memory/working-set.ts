import type {
  Changes,
  Clock,
  Effects,
  KnownStates,
  Logger,
  Meter,
  ProcessAccepted,
  StateKeys,
  WorkQueue,
} from '../domain/contracts.ts';
import type { AcceptOutcome, Delivery } from '../domain/delivery.ts';
import type { JobState } from '../domain/lifecycle/state.ts';
import { countOf, type GaugeReading } from '../domain/metric.ts';
import type { OutboxProgress } from '../domain/outbox.ts';
import { SELF } from '../domain/own-metrics.ts';
import { Complaint } from '../logger/complaint.ts';
import { jobsEntry, jobsKey, runEntry, runKey } from './entry.ts';
import { EVICTION_REASONS, EvictionOrder } from './eviction-order.ts';

export interface WorkingSetOptions {
  /** The store: it has everything, and is asked for what is not here. */
  readonly queue: Pick<WorkQueue, 'load' | 'commit' | 'acceptProcessed'>;
  /** How far the samples have come. */
  readonly progress: () => Promise<OutboxProgress>;
  readonly meter: Meter;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limitBytes: number;
  /** How long what was not touched is kept; a tenth of that once it is over and its samples are sent. */
  readonly ttlMs: () => number;
}

/** How much shorter what is dispatched is kept. */
const SHORTER = 10;

/**
 * The states of the work in hand, in memory, so that the store is not asked for each event what it was told a moment before.
 * Whatever is let go is read from the store when it is needed again: this only ever saves time. What is dispatched
 * goes first, then what is expired, then the oldest; that last is a sign of too small a limit, and is logged.
 */
export class WorkingSet implements Pick<WorkQueue, 'load' | 'commit' | 'acceptProcessed'> {
  readonly #options: WorkingSetOptions;
  readonly #order = new EvictionOrder();
  readonly #complaint: Complaint;
  #limitBytes: number;
  /** As the store said when it was last asked. What is known here to be unknown was so by then. */
  #forgottenBeforeMs: number | null = null;

  constructor(options: WorkingSetOptions) {
    this.#options = options;
    this.#limitBytes = options.limitBytes;
    this.#complaint = new Complaint('Memory is short: work in hand is let go before its time', options);
  }

  async load(keys: StateKeys): Promise<KnownStates> {
    const nowMs = this.#options.clock();
    const missing = {
      jobs: keys.jobs.filter((key) => !this.#has(key)),
      runs: keys.runs.filter((key) => !this.#order.has(runKey(key))),
    };
    if (missing.jobs.length > 0 || missing.runs.length > 0) {
      const found = await this.#options.queue.load(missing);
      this.#forgottenBeforeMs = found.forgottenBeforeMs;
      if (hasStrays(missing, found)) return this.#loadAround(keys, found);
      this.#keep(missing, found, nowMs);
    }
    const jobs = new Map<number, JobState>();
    for (const key of keys.jobs) {
      for (const job of this.#order.touch(jobsKey(key), nowMs)?.jobs ?? []) jobs.set(job.jobId, job);
    }
    const runKeys = [...new Set(keys.runs.map(runKey))];
    const runs = runKeys.flatMap((key) => this.#order.touch(key, nowMs)?.runs ?? []);
    return { jobs: [...jobs.values()], runs, forgottenBeforeMs: this.#forgottenBeforeMs };
  }

  /** Jobs have changed their names, which hardly ever happens: the store knows best. */
  async #loadAround(keys: StateKeys, found: KnownStates): Promise<KnownStates> {
    for (const job of [...keys.jobs, ...found.jobs]) this.#order.remove(jobsKey(job));
    return this.#options.queue.load(keys);
  }

  /** All jobs of the name are here, and the one of the id is one of them: else the store may know it by another name. */
  #has({ jobId, ...key }: StateKeys['jobs'][number]): boolean {
    return this.#order.get(jobsKey(key))?.jobs.some((job) => job.jobId === jobId) ?? false;
  }

  #keep(asked: StateKeys, found: KnownStates, nowMs: number): void {
    const moment = { touchedAtMs: nowMs, endSeq: 0 };
    const jobs = Map.groupBy(found.jobs, jobsKey);
    for (const key of new Set(asked.jobs.map(jobsKey))) {
      this.#order.put(jobsEntry(key, jobs.get(key) ?? [], moment));
    }
    const runs = new Map(found.runs.map((run) => [runKey(run), [run]]));
    for (const key of asked.runs.map(runKey)) this.#order.put(runEntry(key, runs.get(key) ?? [], moment));
  }

  async commit(changes: Changes): Promise<void> {
    await this.#options.queue.commit(changes);
    await this.#note(changes);
  }

  async acceptProcessed(deliveries: readonly Delivery[], process: ProcessAccepted): Promise<AcceptOutcome[]> {
    let effects: Effects | undefined;
    const outcomes = await this.#options.queue.acceptProcessed(deliveries, (outcomes) => {
      effects = process(outcomes);
      return effects;
    });
    if (effects !== undefined) await this.#note(effects);
    return outcomes;
  }

  async #note(changes: Effects): Promise<void> {
    const { endSeq } = await this.#options.progress();
    const moment = { touchedAtMs: this.#options.clock(), endSeq };
    for (const job of changes.jobs) {
      const key = jobsKey(job);
      // Without the others of its name it would not be all there is.
      const others = this.#order.get(key)?.jobs.filter(({ jobId }) => jobId !== job.jobId);
      if (others !== undefined) this.#order.put(jobsEntry(key, [...others, job], moment));
    }
    for (const run of changes.runs) this.#order.put(runEntry(runKey(run), [run], moment));
    if (this.#order.bytes > this.#limitBytes) await this.sweep();
  }

  /** Lets go what is out of date, and more while there is more than the limit. */
  async sweep(): Promise<void> {
    const { clock, meter } = this.#options;
    const nowMs = clock();
    const ttlMs = this.#options.ttlMs();
    const { settledSeq } = await this.#options.progress();
    this.#order.dispatch(settledSeq);
    const evicted = this.#order.evict({
      limitBytes: this.#limitBytes,
      expiredMs: nowMs - ttlMs,
      dispatchedMs: nowMs - ttlMs / SHORTER,
    });
    for (const reason of EVICTION_REASONS) {
      if (evicted[reason] > 0) meter.add([countOf(SELF.memoryEvictions, [reason], evicted[reason])]);
    }
    this.#complaint.add(evicted.oldest, { limitBytes: this.#limitBytes });
  }

  /** Keeps at most so many bytes from now on; null: as many as it may at all. */
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

/** Whether the store knows a job by another name than it was asked for. */
function hasStrays(asked: StateKeys, found: KnownStates): boolean {
  const names = new Map(found.jobs.map((job) => [job.jobId, jobsKey(job)]));
  return asked.jobs.some((key) => (names.get(key.jobId) ?? jobsKey(key)) !== jobsKey(key));
}
