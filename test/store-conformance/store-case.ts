import { enqueue } from '../../src/collector/process.ts';
import type { Store, WorkQueue } from '../../src/domain/contracts.ts';
import type { AcceptOutcome, Delivery, LeasedDelivery } from '../../src/domain/delivery.ts';
import type { StoredCell } from '../../src/domain/metric.ts';
import {
  type Changes,
  type KnownStates,
  NO_CHANGES,
  NO_DELIVERIES,
  NO_KEYS,
  type StateKeys,
} from '../../src/domain/transaction.ts';

/** The time in every test that does not choose one. */
export const NOW = Date.UTC(2026, 10, 23, 12);

/** One behaviour, on a new database: `open` may be called again once the last store is closed. */
export type StoreCase = (open: (clock?: () => number) => Promise<Store>) => Promise<void>;

type Queue = Pick<WorkQueue, 'process'>;

/** Puts the deliveries into the queue. */
export function accept(store: Queue, deliveries: readonly Delivery[]): Promise<readonly AcceptOutcome[]> {
  return enqueue(deliveries, store);
}

/** Writes the changes; the leased deliveries are finished, except those that failed. */
export async function commit(
  store: Queue,
  changes: Partial<Changes>,
  leased: readonly LeasedDelivery[] = [],
): Promise<void> {
  await store.process({ leased }, NO_KEYS, () => ({ ...NO_CHANGES, ...changes }));
}

/** What a transaction finds of these states. */
export async function load(store: Queue, keys: Partial<StateKeys>): Promise<KnownStates> {
  let known: KnownStates = { ...NO_CHANGES, forgottenBeforeMs: null };
  await store.process(NO_DELIVERIES, { ...NO_KEYS, ...keys }, (_, found) => {
    known = found;
    return NO_CHANGES;
  });
  return known;
}

export async function cellsOf(store: Store): Promise<readonly StoredCell[]> {
  return (await store.readSeries()).cells;
}

export function delivery(guid: string, over: Partial<Delivery> = {}): Delivery {
  return {
    guid,
    event: 'workflow_job',
    action: 'queued',
    source: 'webhook',
    receivedAtMs: NOW,
    payload: '{}',
    ...over,
  };
}
