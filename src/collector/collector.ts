import { setImmediate as nextTurn } from 'node:timers/promises';
import { backoffMs } from '../domain/backoff.ts';
import type { Clock, Inbox, Logger, WorkQueue } from '../domain/contracts.ts';
import type { AcceptOutcome, Delivery, FailedDelivery, LeasedDelivery } from '../domain/delivery.ts';
import { failureCounts } from '../domain/delivery-counts.ts';
import { AntError } from '../domain/errors.ts';
import type { JobState, RunState } from '../domain/lifecycle/state.ts';
import { NO_CHANGES, NO_KEYS } from '../domain/transaction.ts';
import { redactText } from '../logger/redact.ts';
import { SparingLog } from '../logger/sparing-log.ts';
import { retryWhileUnavailable } from '../timing/retry.ts';
import { sleep } from '../timing/sleep.ts';
import { traced } from '../timing/traced.ts';
import { openWakeUp } from '../timing/wake-up.ts';
import { acceptAtOnce } from './at-once.ts';
import { readBatch } from './batch.ts';
import { notedAttempt, openSuspicion, type PickSuspects } from './crash-quarantine.ts';
import { enqueue, type ProcessingRules, processBatch } from './process.ts';
import { releaseHolds } from './release-holds.ts';
import { settleRuns } from './settle-runs.ts';

export interface CollectorOptions {
  readonly queue: WorkQueue;
  /** The rules at that moment. */
  readonly rules: () => ProcessingRules;
  readonly clock: Clock;
  /** As `ServiceTime.steady`. */
  readonly steady: Clock;
  readonly logger: Logger;
  /** Deliveries from the queue in one transaction. */
  readonly batchSize: number;
  /** More deliveries than these that come together go through the queue. */
  readonly atOnce: number;
  /** Failed attempts after which a delivery is parked. */
  readonly maxAttempts: number;
  /** Called with the time when something was processed, once that is stored. */
  readonly onProcessed?: (atMs: number) => void;
}

const LEASE_MS = 60_000;
const GATHER_MS = 10;
const IDLE_POLL_MS = 1000;
/**
 * What ended the last process unanswered may be sent again soon: for so long all goes through the queue,
 * where its attempts are counted.
 */
const CAREFUL_MS = 60 * 60_000;
/** Errors are kept with the delivery for people to read. */
const MAX_ERROR_LENGTH = 500;

/**
 * Turns deliveries into states and numbers. Most are processed by `accept`, in the transaction that makes them
 * durable; the others go into the queue, which `#run` empties, one leased batch per transaction. A delivery of
 * the queue that can't be processed is tried again later and parked in the end; it holds up no other. While
 * the store is unavailable, the batch in hand is kept and tried again.
 */
export class Collector implements Inbox {
  /** Resolves after `close`; rejects on a bug and when the store is damaged, which ends the process. */
  readonly done: Promise<void>;
  readonly #options: CollectorOptions;
  readonly #wakeUp = openWakeUp();
  readonly #stop = new AbortController();
  #carefulUntilMs = Number.NEGATIVE_INFINITY;
  #pickSuspects: PickSuspects;
  readonly #holdBugs: SparingLog;
  #holdsReleasedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: CollectorOptions) {
    const { steady, logger, batchSize } = options;
    this.#options = options;
    this.#pickSuspects = openSuspicion(false, batchSize);
    this.#holdBugs = new SparingLog(
      (fields) => logger.error('deferred_count_failed', fields),
      60_000,
      steady,
    );
    this.done = this.#run();
  }

  async accept(deliveries: readonly Delivery[]): Promise<readonly AcceptOutcome[]> {
    const { steady, queue } = this.#options;
    const atOnce = steady() < this.#carefulUntilMs ? 0 : this.#options.atOnce;
    const outcomes = await acceptAtOnce(deliveries, { ...this.#options, atOnce });
    if (outcomes !== null) {
      this.#noteProcessed();
      return outcomes;
    }
    const queued = await enqueue(deliveries, queue);
    this.wake();
    return queued;
  }

  /** A process has crashed, so long ago: one of the first deliveries that are leased now may be why. */
  noteCrash(ageMs: number): void {
    const { steady, batchSize } = this.#options;
    this.#carefulUntilMs = Math.max(this.#carefulUntilMs, steady() + CAREFUL_MS - ageMs);
    this.#pickSuspects = openSuspicion(true, batchSize);
  }

  /** There may be work now. Never waits. */
  wake(): void {
    this.#wakeUp.wake();
  }

  /** Finishes the batch in hand and stops; what is not done stays in the store. */
  async close(): Promise<void> {
    this.#stop.abort();
    this.wake();
    await this.done;
  }

  #noteProcessed(): void {
    this.#options.onProcessed?.(this.#options.clock());
  }

  async #run(): Promise<void> {
    const { queue, batchSize } = this.#options;
    while (!this.#stop.signal.aborted) {
      await this.#releaseHolds();
      const batch = (await this.#patiently(() => queue.lease(batchSize, LEASE_MS))) ?? [];
      if (batch.length === 0) {
        await this.#wakeUp.sleep(IDLE_POLL_MS);
        continue;
      }
      const { suspects, others } = this.#pickSuspects(batch);
      for (const suspect of suspects) await this.#processSuspect(suspect);
      if (others.length > 0)
        await traced(
          () => ({
            name: 'process queued deliveries',
            attributes: { 'ant_watcher.deliveries': others.length },
            isRoot: true,
          }),
          () => this.#process(others),
        );
      this.#noteProcessed();
      // Deliveries that arrived in the meantime become durable before the next batch is processed, and a
      // batch that was not full gives them time to become more: a transaction costs much the same for one as
      // for many.
      await (batch.length < batchSize ? sleep(GATHER_MS) : nextTurn());
    }
  }

  async #releaseHolds(): Promise<void> {
    const { steady } = this.#options;
    if (steady() - this.#holdsReleasedAtMs < IDLE_POLL_MS) return;
    const onBug = (err: unknown, { jobId }: JobState) => void this.#holdBugs.log({ err, jobId });
    await this.#patiently(() => releaseHolds(this.#options, onBug));
    const onRunBug = (err: unknown, { runId }: RunState) => void this.#holdBugs.log({ err, runId });
    await this.#patiently(() => settleRuns(this.#options, onRunBug));
    this.#holdsReleasedAtMs = steady();
  }

  /**
   * Processes a delivery alone that may end the process: with the attempt counted first, and not at all after
   * too many of them.
   */
  async #processSuspect(delivery: LeasedDelivery): Promise<void> {
    const { queue, clock, logger, maxAttempts } = this.#options;
    const { id, guid, event, action, attempts } = delivery;
    if (attempts >= maxAttempts) {
      logger.error('delivery_parked_after_crashes', { delivery: guid, event, action, attempts });
      return this.#noteFailures([delivery], [{ id, attempts, error: null }]);
    }
    const failed = [notedAttempt(delivery, clock())];
    await this.#patiently(() =>
      queue.process({ leased: [delivery] }, NO_KEYS, () => ({ ...NO_CHANGES, failed })),
    );
    await this.#process([delivery]);
  }

  /** Processes the batch in one transaction; if one delivery spoils it, each in a transaction of its own. */
  async #process(batch: readonly LeasedDelivery[]): Promise<void> {
    try {
      await this.#patiently(() => this.#tryBatch(batch));
    } catch (error) {
      if (error instanceof AntError) throw error;
      if (batch.length === 1) {
        const failed = batch.map((delivery) => failureOf(delivery, error, this.#options));
        return this.#noteFailures(batch, failed);
      }
      for (const delivery of batch) await this.#process([delivery]);
    }
  }

  async #tryBatch(leased: readonly LeasedDelivery[]): Promise<void> {
    const { read, unreadable } = readBatch(leased, this.#options.rules().observe);
    const failed = unreadable.map(({ delivery, error }) => failureOf(delivery, error, this.#options));
    await processBatch({ leased }, { read, failed }, this.#options);
  }

  async #noteFailures(leased: readonly LeasedDelivery[], failed: readonly FailedDelivery[]): Promise<void> {
    const increments = failureCounts(failed);
    await this.#patiently(() =>
      this.#options.queue.process({ leased }, NO_KEYS, () => ({ ...NO_CHANGES, failed, increments })),
    );
  }

  /** One transaction, tried until it is done; null: left for the next start, because the service stops. */
  async #patiently<T>(work: () => Promise<T>): Promise<T | null> {
    const { signal } = this.#stop;
    if (signal.aborted) return null;
    const onFailure = (err: AntError, attempt: number) => {
      if (attempt === 1) this.#options.logger.error('processing_paused', { err });
    };
    return retryWhileUnavailable(work, { signal, onFailure });
  }
}

function failureOf(delivery: LeasedDelivery, error: unknown, options: CollectorOptions): FailedDelivery {
  const attempts = delivery.attempts + 1;
  const text = redactText(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
  const shown = text.slice(0, MAX_ERROR_LENGTH);
  const fields = {
    delivery: delivery.guid,
    event: delivery.event,
    action: delivery.action,
    attempts,
    err: error,
  };
  if (attempts >= options.maxAttempts) {
    options.logger.error('delivery_parked', fields);
    return { id: delivery.id, attempts, error: shown };
  }
  options.logger.warn('delivery_retried', fields);
  return { id: delivery.id, attempts, error: shown, retryAtMs: options.clock() + backoffMs(attempts) };
}
