import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { backoffMs } from '../domain/backoff.ts';
import type { Clock, FailedDelivery, Inbox, Logger, WorkQueue } from '../domain/contracts.ts';
import type { AcceptOutcome, Delivery, LeasedDelivery } from '../domain/delivery.ts';
import { AntError } from '../domain/errors.ts';
import type { Sampling } from '../domain/event-sample.ts';
import type { Measure } from '../domain/measure.ts';
import { countOf, type Increment } from '../domain/metric.ts';
import type { Reading } from '../domain/observation.ts';
import { SELF } from '../domain/own-metrics.ts';
import { acceptAtOnce } from './at-once.ts';
import { effectsOf, keysOf, readBatch } from './batch.ts';
import { openBell } from './bell.ts';
import { releaseHolds } from './holds.ts';
import { openTurns } from './turns.ts';

export interface CollectorOptions {
  readonly queue: WorkQueue & Inbox;
  readonly observe: (delivery: Delivery) => Reading;
  readonly measure: Measure;
  readonly sampling: Sampling;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Deliveries from the queue in one transaction. */
  readonly batchSize: number;
  /** More deliveries than these that come together go through the queue. */
  readonly atOnce: number;
  /** Failed attempts after which a delivery is parked. */
  readonly maxAttempts: number;
}

export interface Collector extends Inbox {
  /** Tells that there may be work now. Never waits. */
  wake(): void;
  readonly lastProcessedAtMs: number | null;
  /** Resolves after `close`; rejects on a bug, which ends the process. */
  readonly done: Promise<void>;
  /** Finishes the batch in hand and stops; what is not done stays in the store. */
  close(): Promise<void>;
}

const LEASE_MS = 60_000;
const GATHER_MS = 10;
const IDLE_POLL_MS = 1000;
/** Errors are kept with the delivery for people to read. */
const MAX_ERROR_LENGTH = 500;

/**
 * Takes deliveries from the queue and turns them into state and numbers: lease a batch, observe, apply the transitions,
 * commit all of it in one transaction. A delivery that can't be processed is tried again later and parked in
 * the end; it holds up no other. When the store is out of order, the batch in hand is kept and tried again.
 */
export function startCollector(options: CollectorOptions): Collector {
  const bell = openBell();
  const inTurn = openTurns();
  const stop = new AbortController();
  let lastProcessedAtMs: number | null = null;

  async function run(): Promise<void> {
    let holdsReleasedAtMs = 0;
    while (!stop.signal.aborted) {
      if (options.clock() - holdsReleasedAtMs >= IDLE_POLL_MS) {
        await persistently(() => inTurn(() => releaseHolds(options)), options, stop.signal);
        holdsReleasedAtMs = options.clock();
      }
      const batch = await options.queue.lease(options.batchSize, LEASE_MS);
      if (batch.length === 0) {
        await bell.rung(IDLE_POLL_MS);
        continue;
      }
      await persistently(() => inTurn(() => processBatch(batch, options)), options, stop.signal);
      lastProcessedAtMs = options.clock();
      // Deliveries that arrived in the meantime become durable before the next batch is processed, and a batch that was not
      // full gives them time to become more: a transaction costs much the same for one as for many.
      await (batch.length < options.batchSize ? pause(GATHER_MS) : nextTurn());
    }
  }

  async function accept(deliveries: readonly Delivery[]): Promise<AcceptOutcome[]> {
    const outcomes = await inTurn(() => acceptAtOnce(deliveries, options));
    if (outcomes !== null) {
      lastProcessedAtMs = options.clock();
      return outcomes;
    }
    const queued = await options.queue.accept(deliveries);
    bell.ring();
    return queued;
  }

  const done = run();
  return {
    wake: bell.ring,
    accept,
    get lastProcessedAtMs() {
      return lastProcessedAtMs;
    },
    done,
    async close() {
      stop.abort();
      bell.ring();
      await done;
    },
  };
}

/** Goes on until the work is done, or left for the next start because the service stops. */
async function persistently(work: () => Promise<void>, options: CollectorOptions, stop: AbortSignal) {
  for (let attempt = 1; !stop.aborted; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof AntError) || error.remedy !== 'retry') throw error;
      const waitMs = backoffMs(attempt);
      options.logger.error('The store is out of order, processing waits', { err: error, waitMs });
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, waitMs);
        stop.addEventListener('abort', () => resolve(clearTimeout(timer)), { once: true });
      });
    }
  }
}

/** Processes the batch in one transaction; if one delivery spoils it, each in a transaction of its own. */
async function processBatch(batch: readonly LeasedDelivery[], options: CollectorOptions): Promise<void> {
  try {
    await commitBatch(batch, options);
  } catch (error) {
    if (error instanceof AntError) throw error;
    if (batch.length > 1) {
      for (const delivery of batch) await processBatch([delivery], options);
      return;
    }
    const failed = batch.map((delivery) => failureOf(delivery, error, options));
    const nothing = { jobs: [], runs: [], samples: [], observations: [], processed: [] };
    await options.queue.commit({ ...nothing, increments: failureCounts(failed), failed });
  }
}

async function commitBatch(batch: readonly LeasedDelivery[], options: CollectorOptions): Promise<void> {
  const { read, unreadable } = readBatch(batch, options.observe);
  const failed = unreadable.map(({ delivery, error }) => failureOf(delivery, error, options));
  const known = await options.queue.load(keysOf(read));
  const effects = effectsOf({ read, known, nowMs: options.clock() }, options);
  await options.queue.commit({
    ...effects,
    increments: [...failureCounts(failed), ...effects.increments],
    processed: read.map(({ delivery }) => delivery.id),
    failed,
  });
}

function failureCounts(failed: readonly FailedDelivery[]): Increment[] {
  return failed.map(({ retryAtMs }) =>
    countOf(SELF.processingFailures, [retryAtMs === undefined ? 'parked' : 'retry']),
  );
}

function failureOf(delivery: LeasedDelivery, error: unknown, options: CollectorOptions): FailedDelivery {
  const attempts = delivery.attempts + 1;
  const text = (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).slice(
    0,
    MAX_ERROR_LENGTH,
  );
  const fields = {
    delivery: delivery.guid,
    event: delivery.event,
    action: delivery.action,
    attempts,
    err: error,
  };
  if (attempts >= options.maxAttempts) {
    options.logger.error('Delivery parked: it could not be processed', fields);
    return { id: delivery.id, error: text };
  }
  options.logger.warn('Delivery failed and will be tried again', fields);
  return { id: delivery.id, error: text, retryAtMs: options.clock() + backoffMs(attempts) };
}
