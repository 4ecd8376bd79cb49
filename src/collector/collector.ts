import { setImmediate as nextTurn } from 'node:timers/promises';
import { backoffMs } from '../domain/backoff.ts';
import type { Clock, Inbox, Logger, WorkQueue } from '../domain/contracts.ts';
import type { AcceptOutcome, Delivery, FailedDelivery, LeasedDelivery } from '../domain/delivery.ts';
import { failureCounts } from '../domain/delivery-counts.ts';
import { AntError } from '../domain/errors.ts';
import type { JobState } from '../domain/lifecycle/state.ts';
import { NO_CHANGES, NO_KEYS } from '../domain/transaction.ts';
import { redactText } from '../logger/redact.ts';
import { SparingLog } from '../logger/sparing-log.ts';
import { retryWhileUnavailable } from '../timing/retry.ts';
import { sleep } from '../timing/sleep.ts';
import { openWakeUp } from '../timing/wake-up.ts';
import { acceptAtOnce } from './at-once.ts';
import { readBatch } from './batch.ts';
import { notedAttempt, openSuspicion } from './crash-quarantine.ts';
import { releaseHolds } from './deferred-counts.ts';
import { enqueue, type ProcessingRules, processBatch } from './process.ts';

export interface CollectorOptions {
  readonly queue: WorkQueue;
  /** The rules at that moment. */
  readonly rules: () => ProcessingRules;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Deliveries from the queue in one transaction. */
  readonly batchSize: number;
  /** More deliveries than these that come together go through the queue. */
  readonly atOnce: number;
  /** Failed attempts after which a delivery is parked. */
  readonly maxAttempts: number;
  /** Whether the last process on this store did not end in order: one of the first deliveries may be why. */
  readonly afterCrash?: boolean;
}

export interface Collector extends Inbox {
  /** Tells that there may be work now. Never waits. */
  wake(): void;
  readonly lastProcessedAtMs: number | null;
  /** Resolves after `close`; rejects on a bug and when the store is damaged, which ends the process. */
  readonly done: Promise<void>;
  /** Finishes the batch in hand and stops; what is not done stays in the store. */
  close(): Promise<void>;
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
 * Takes deliveries from the queue and turns them into state and numbers: lease a batch, observe, apply the
 * transitions, commit all of it in one transaction. A delivery that can't be processed is tried again later
 * and parked in the end; it holds up no other. When the store is out of order, the batch in hand is kept and
 * tried again.
 */
export function startCollector(options: CollectorOptions): Collector {
  const wakeUp = openWakeUp();
  const stop = new AbortController();
  const carefulUntilMs = options.afterCrash === true ? options.clock() + CAREFUL_MS : 0;
  const pickSuspects = openSuspicion(options.afterCrash ?? false, options.batchSize);
  const patiently: Patiently = (work) => persistently(work, options, stop.signal);
  const holdBugs = new SparingLog(
    (fields) => options.logger.error('deferred_count_failed', fields),
    60_000,
    options.clock,
  );
  const onHoldBug = (err: unknown, { jobId }: JobState) => void holdBugs.log({ err, jobId });
  let lastProcessedAtMs: number | null = null;

  async function run(): Promise<void> {
    let holdsReleasedAtMs = 0;
    while (!stop.signal.aborted) {
      if (options.clock() - holdsReleasedAtMs >= IDLE_POLL_MS) {
        await patiently(() => releaseHolds(options, onHoldBug));
        holdsReleasedAtMs = options.clock();
      }
      let batch: readonly LeasedDelivery[] = [];
      await patiently(async () => {
        batch = await options.queue.lease(options.batchSize, LEASE_MS);
      });
      if (batch.length === 0) {
        await wakeUp.sleep(IDLE_POLL_MS);
        continue;
      }
      const { suspects, others } = pickSuspects(batch);
      for (const suspect of suspects) await processSuspect(suspect, options, patiently);
      if (others.length > 0) await processLeased(others, options, patiently);
      lastProcessedAtMs = options.clock();
      // Deliveries that arrived in the meantime become durable before the next batch is processed, and a
      // batch that was not full gives them time to become more: a transaction costs much the same for one as
      // for many.
      await (batch.length < options.batchSize ? sleep(GATHER_MS) : nextTurn());
    }
  }

  async function accept(deliveries: readonly Delivery[]): Promise<readonly AcceptOutcome[]> {
    const atOnce = options.clock() < carefulUntilMs ? 0 : options.atOnce;
    const outcomes = await acceptAtOnce(deliveries, { ...options, atOnce });
    if (outcomes !== null) {
      lastProcessedAtMs = options.clock();
      return outcomes;
    }
    const queued = await enqueue(deliveries, options.queue);
    wakeUp.wake();
    return queued;
  }

  const done = run();
  return {
    wake: wakeUp.wake,
    accept,
    get lastProcessedAtMs() {
      return lastProcessedAtMs;
    },
    done,
    async close() {
      stop.abort();
      wakeUp.wake();
      await done;
    },
  };
}

/** One transaction, tried until it is done, so that none is repeated because of a later one. */
type Patiently = (work: () => Promise<void>) => Promise<void>;

/** Goes on until the work is done, or left for the next start because the service stops. */
async function persistently(work: () => Promise<void>, { logger }: CollectorOptions, signal: AbortSignal) {
  if (signal.aborted) return;
  const onFailure = (err: AntError, _: number, waitMs: number) =>
    logger.error('processing_paused', { err, waitMs });
  await retryWhileUnavailable(work, { signal, onFailure });
}

/** Processes the batch in one transaction; if one delivery spoils it, each in a transaction of its own. */
async function processLeased(
  batch: readonly LeasedDelivery[],
  options: CollectorOptions,
  patiently: Patiently,
): Promise<void> {
  try {
    await patiently(() => tryBatch(batch, options));
  } catch (error) {
    if (error instanceof AntError) throw error;
    if (batch.length > 1) {
      for (const delivery of batch) await processLeased([delivery], options, patiently);
      return;
    }
    const failed = batch.map((delivery) => failureOf(delivery, error, options));
    await patiently(() => noteFailures(batch, failed, options));
  }
}

/**
 * Processes a delivery alone that may end the process: with the attempt counted first, and not at all after
 * too many of them.
 */
async function processSuspect(
  delivery: LeasedDelivery,
  options: CollectorOptions,
  patiently: Patiently,
): Promise<void> {
  const { id, guid, event, action, attempts } = delivery;
  if (attempts >= options.maxAttempts) {
    options.logger.error('delivery_parked_after_crashes', {
      delivery: guid,
      event,
      action,
      attempts,
    });
    return patiently(() => noteFailures([delivery], [{ id, attempts, error: null }], options));
  }
  const failed = [notedAttempt(delivery, options.clock())];
  await patiently(async () => {
    await options.queue.process({ leased: [delivery] }, NO_KEYS, () => ({ ...NO_CHANGES, failed }));
  });
  await processLeased([delivery], options, patiently);
}

async function tryBatch(leased: readonly LeasedDelivery[], options: CollectorOptions): Promise<void> {
  const { read, unreadable } = readBatch(leased, options.rules().observe);
  const failed = unreadable.map(({ delivery, error }) => failureOf(delivery, error, options));
  await processBatch({ leased }, { read, failed }, options);
}

async function noteFailures(
  leased: readonly LeasedDelivery[],
  failed: readonly FailedDelivery[],
  { queue }: CollectorOptions,
): Promise<void> {
  const increments = failureCounts(failed);
  await queue.process({ leased }, NO_KEYS, () => ({ ...NO_CHANGES, failed, increments }));
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
