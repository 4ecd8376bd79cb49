import type { DeliveryQueue } from './deliveries.ts';
import type { HistoryTables } from './history.ts';
import type { SeenRepositories } from './recovery.ts';

/*
 * What the database holds. Most tables are functions that take a `Session`; these keep something in memory as well.
 * Where a method answers `() => void`, that is to be called once the transaction is committed.
 */
export interface Tables {
  readonly deliveries: DeliveryQueue;
  readonly seenRepositories: SeenRepositories;
  readonly history: HistoryTables;
}
