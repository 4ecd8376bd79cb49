import type { WorkQueue } from '../domain/contracts.ts';
import type { AcceptOutcome, Delivery, FailedDelivery } from '../domain/delivery.ts';
import { arrivalCounts, failureCounts } from '../domain/delivery-counts.ts';
import type { ObservationResult } from '../domain/observation.ts';
import { NO_CHANGES, NO_KEYS, type Processed, type Source } from '../domain/transaction.ts';
import { type CountingRules, effectsOf, keysOf, type ReadDelivery } from './batch.ts';

/** How a delivery is read, and what its facts add to. */
export interface ProcessingRules extends CountingRules {
  readonly observe: (delivery: Delivery) => ObservationResult;
}

export interface Processing {
  readonly queue: Pick<WorkQueue, 'process'>;
  /** The rules at that moment: they may be replaced between two transactions. */
  readonly rules: () => ProcessingRules;
}

/** What was read of a batch, and which of its deliveries could not be. */
export interface Work {
  readonly read: readonly ReadDelivery[];
  readonly failed?: readonly FailedDelivery[];
}

/**
 * Processes a batch in one transaction: what is new of it changes states and numbers, and all of it is done
 * with but what failed.
 */
export function processBatch(
  source: Source,
  { read, failed = [] }: Work,
  { queue, rules }: Processing,
): Promise<Processed> {
  return queue.process(source, keysOf(read, (rules().tracing ?? null) !== null), (outcomes, known, nowMs) => {
    const accepted = read.filter(({ place }) => outcomes[place] === 'accepted');
    const effects = effectsOf({ read: accepted, known, nowMs }, rules());
    const counts = 'arrived' in source ? arrivalCounts(source.arrived, outcomes) : failureCounts(failed);
    return { ...NO_CHANGES, ...effects, failed, increments: [...counts, ...effects.increments] };
  });
}

/** Writes what is new of the deliveries into the queue. */
export async function enqueue(
  arrived: readonly Delivery[],
  queue: Pick<WorkQueue, 'process'>,
): Promise<readonly AcceptOutcome[]> {
  const { outcomes } = await queue.process({ arrived }, NO_KEYS, (outcomes) => ({
    ...NO_CHANGES,
    queued: arrived.filter((_, index) => outcomes[index] === 'accepted'),
    increments: arrivalCounts(arrived, outcomes),
  }));
  return outcomes;
}
