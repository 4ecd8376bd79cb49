import type { Logger } from '../domain/contracts.ts';
import type { AcceptOutcome, Delivery } from '../domain/delivery.ts';
import { AntError } from '../domain/errors.ts';
import { readBatch } from './batch.ts';
import { type Processing, processBatch } from './process.ts';

export interface AtOnceOptions extends Processing {
  readonly logger: Logger;
  /** More deliveries than these that come together are a burst. */
  readonly atOnce: number;
}

/**
 * Processes deliveries in the transaction that accepts them, so that they are never written into the queue
 * and read back. Answers null, and has changed nothing, where they belong into the queue:
 *
 * - a burst, whose senders must not wait for its processing;
 * - what was not sent by GitHub just now. If a delivery ended the process, GitHub got no answer and keeps it
 *   in its log, where recovery finds it: through the queue, where attempts are counted, it can't do that for
 *   ever;
 * - what one of them spoils: the queue finds out which, and keeps it.
 *
 * Rejects with `store_unavailable`; then nothing was stored.
 */
export async function acceptAtOnce(
  deliveries: readonly Delivery[],
  { logger, atOnce, ...processing }: AtOnceOptions,
): Promise<readonly AcceptOutcome[] | null> {
  if (deliveries.length > atOnce || deliveries.some(({ source }) => source !== 'webhook')) return null;
  const { read, unreadable } = readBatch(deliveries, processing.rules().observe);
  if (unreadable.length > 0) return null;
  try {
    return (await processBatch({ arrived: deliveries }, { read }, processing)).outcomes;
  } catch (error) {
    if (error instanceof AntError) throw error;
    logger.warn('deliveries_queued', { err: error });
    return null;
  }
}
