import type { AcceptOutcome, Delivery, FailedDelivery, LeasedDelivery } from './delivery.ts';
import type { EventSample } from './event-sample.ts';
import type { ObservationEntry } from './explanation.ts';
import type { JobNumber } from './job-number.ts';
import type { JobState, RunState } from './lifecycle/state.ts';
import type { Increment, SeriesGroup, StoredCell } from './metric.ts';
import type { OutboxProgress } from './outbox.ts';

/* What goes into a transaction of the store, and what comes out of it (`WorkQueue.process`). */

/** What a transaction adds to the numbers. */
export interface Additions {
  readonly increments: readonly Increment[];
  /** To be pushed; none where nothing is pushed. */
  readonly samples: readonly EventSample[];
  /** What jobs handed in: a counter's are added to its series, of a gauge's the latest is kept. */
  readonly numbers: readonly JobNumber[];
  /** Their series are to be there. */
  readonly groups: readonly SeriesGroup[];
}

/** What comes of what deliveries tell. */
export interface Effects extends Additions {
  readonly jobs: readonly JobState[];
  readonly runs: readonly RunState[];
  readonly observations: readonly ObservationEntry[];
}

/** All that one transaction writes. A delivery that is in neither list is done with. */
export interface Changes extends Effects {
  /** Those of the deliveries that arrived which are to wait in the queue. */
  readonly queued: readonly Delivery[];
  /** Those of the leased deliveries which are to be tried again, or parked. */
  readonly failed: readonly FailedDelivery[];
}

/** What to read before a batch can be processed. */
export interface StateKeys {
  /** All jobs of the given name in the given run, whatever their attempt: carried-over executions are found so. */
  readonly jobs: readonly { readonly jobId: number; readonly runId: number; readonly name: string }[];
  readonly runs: readonly { readonly runId: number; readonly runAttempt: number }[];
}

export interface KnownStates {
  readonly jobs: readonly JobState[];
  readonly runs: readonly RunState[];
  /** The last words of all runs that were ever forgotten lie before this moment; null: none was. */
  readonly forgottenBeforeMs: number | null;
}

/** The deliveries that a transaction is about: some that have just arrived, or some that were leased. */
export type Source =
  | { readonly arrived: readonly Delivery[] }
  | { readonly leased: readonly LeasedDelivery[] };

/**
 * Says what a transaction writes, from what it has found: one outcome for each delivery of its source, in order, and the states of
 * its keys. `nowMs` is the time of the transaction. Pure, but for what it may note of its last answer: a database that has to begin a
 * transaction anew asks again.
 */
export type Decide = (outcomes: readonly AcceptOutcome[], known: KnownStates, nowMs: number) => Changes;

/** As `Decide`, for a transaction that knows by itself what it writes: the numbers that it adds to. */
export type Count<Found> = (found: Found, nowMs: number) => readonly Increment[];

/** What a transaction has ended in. */
export interface Processed {
  /** As `Decide` was given them. */
  readonly outcomes: readonly AcceptOutcome[];
  /** With the samples of this transaction. */
  readonly outbox: OutboxProgress;
}

/** What all series hold. */
export interface StoredSeries {
  readonly cells: readonly StoredCell[];
  /** Those that jobs handed in. */
  readonly numbers: readonly JobNumber[];
}

/** A transaction that changes nothing, to be told what it does change. */
export const NO_CHANGES: Changes = {
  jobs: [],
  runs: [],
  increments: [],
  samples: [],
  numbers: [],
  groups: [],
  observations: [],
  queued: [],
  failed: [],
};

/** Of a transaction that is about no delivery. */
export const NO_DELIVERIES: Source = { leased: [] };
export const NO_KEYS: StateKeys = { jobs: [], runs: [] };
