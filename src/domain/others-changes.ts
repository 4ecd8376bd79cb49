import type { EventSample } from './event-sample.ts';
import type { StoredCell } from './metric.ts';
import type { JobNumber } from './observation.ts';
import type { StoredSeries } from './transaction.ts';

/*
 * Where several processes use one store: what the others do to the numbers that this one keeps in memory.
 */

/** What one transaction of another process has stored. */
export interface OthersChanges {
  /** `value` is what was added. */
  readonly cells: readonly StoredCell[];
  /** Only their series and times count. */
  readonly samples: readonly Omit<EventSample, 'value'>[];
  readonly numbers: readonly JobNumber[];
  /** Series that were deleted, including those that jobs pushed. */
  readonly removed: readonly { readonly metric: string; readonly labels: readonly string[] }[];
  /** Whether it may have changed a job or run. */
  readonly changesStates: boolean;
}

/** Gets all transactions of others, each once, in the order in which they were stored. */
export interface Follower {
  apply(changes: OthersChanges): void;
  /** It is not known any more what was missed: this is what is stored now. */
  replace(stored: StoredSeries): void;
}
