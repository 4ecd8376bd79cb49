import type { AcceptOutcome, Delivery, FailedDelivery, LeasedDelivery } from './delivery.ts';
import type { EventSample } from './event-sample.ts';
import type { ObservationEntry } from './explanation.ts';
import { type HistoryRecords, NO_HISTORY } from './history.ts';
import type { DeploymentState, JobState, ReviewState, RunState } from './lifecycle/state.ts';
import type { Increment, SeriesGroup, StoredCell } from './metric.ts';
import type { JobNumber } from './observation.ts';
import type { OutboxProgress } from './outbox.ts';
import type { KnownProperties, NamedRepository } from './repository-labels.ts';
import type { TraceEntry } from './trace-entry.ts';
import type { WorkflowWords } from './workflow-state.ts';

/* What goes into a transaction of the store, and what comes out of it (`WorkQueue.process`). */

/** What a transaction adds to the numbers. */
export interface Additions {
  readonly increments: readonly Increment[];
  /** To be pushed; empty if nothing is pushed. */
  readonly samples: readonly EventSample[];
  /** To be sent as spans; empty if none are. */
  readonly traceEntries: readonly TraceEntry[];
  /** What jobs pushed: values of a counter are added to its series; of a gauge, the latest is kept. */
  readonly numbers: readonly JobNumber[];
  /** Series that must exist. */
  readonly groups: readonly SeriesGroup[];
}

/** The effects of deliveries. */
export interface Effects extends Additions {
  readonly jobs: readonly JobState[];
  readonly runs: readonly RunState[];
  readonly deployments: readonly DeploymentState[];
  readonly reviews: readonly ReviewState[];
  readonly observations: readonly ObservationEntry[];
  readonly repositories: readonly KnownProperties[];
  readonly history: HistoryRecords;
}

/** All that one transaction writes. A delivery that is in neither list is done. */
export interface Changes extends Effects {
  /** Those of the arrived deliveries that wait in the queue. */
  readonly queued: readonly Delivery[];
  /** Those of the leased deliveries to try again, or park. */
  readonly failed: readonly FailedDelivery[];
}

/** What to read before a batch can be processed. */
export interface StateKeys {
  /** All jobs of this name in this run, in any attempt: that is how carried-over executions are found. */
  readonly jobs: readonly { readonly jobId: number; readonly runId: number; readonly name: string }[];
  readonly runs: readonly RunKey[];
  /** Absent: labels by repository are not asked for. */
  readonly repositories?: readonly NamedRepository[];
  readonly deployments: readonly number[];
  /** Of the jobs that wait for them. */
  readonly reviews: readonly number[];
  /** Runs of which all jobs are read, in every attempt. */
  readonly jobsOfRuns?: readonly number[];
}

/** With what is known of the run's workflow, which a store that is far away asks for at the same time. */
export type RunKey = Pick<RunState, 'runId' | 'runAttempt'> & Partial<WorkflowWords>;

export interface KnownStates {
  readonly jobs: readonly JobState[];
  readonly runs: readonly RunState[];
  /** All that is known about those that were asked for. */
  readonly repositories?: readonly KnownProperties[];
  readonly deployments: readonly DeploymentState[];
  readonly reviews: readonly ReviewState[];
  /** The last events of all runs that were ever deleted are before this time; null if none was. */
  readonly forgottenBeforeMs: number | null;
}

/** The deliveries that a transaction is about: some that have just arrived, or some that were leased. */
export type Source =
  | { readonly arrived: readonly Delivery[] }
  | { readonly leased: readonly LeasedDelivery[] };

/**
 * Decides what a transaction writes, from what it found: one outcome for each delivery of its source, in
 * order, and the states of its keys. `nowMs` is the time of the transaction. It is pure, except that it may
 * remember its last result: a database that has to restart a transaction calls it again.
 */
export type Decide = (outcomes: readonly AcceptOutcome[], known: KnownStates, nowMs: number) => Changes;

/** Like `Decide`, for a transaction that only adds to the numbers. */
export type Count<Found> = (found: Found, nowMs: number) => readonly Increment[];

/** The result of a transaction. */
export interface Processed {
  /** As `Decide` was given them. */
  readonly outcomes: readonly AcceptOutcome[];
  /** With the samples of this transaction. */
  readonly outbox: OutboxProgress;
}

/** The values of all series. */
export interface StoredSeries {
  readonly cells: readonly StoredCell[];
  /** Those that jobs pushed. */
  readonly numbers: readonly JobNumber[];
}

/** A transaction that changes nothing, to be combined with what it does change. */
export const NO_CHANGES: Changes = {
  jobs: [],
  runs: [],
  deployments: [],
  reviews: [],
  increments: [],
  samples: [],
  traceEntries: [],
  numbers: [],
  groups: [],
  observations: [],
  repositories: [],
  history: NO_HISTORY,
  queued: [],
  failed: [],
};

/** For a transaction that is about no delivery. */
export const NO_DELIVERIES: Source = { leased: [] };
export const NO_KEYS: StateKeys = { jobs: [], runs: [], deployments: [], reviews: [] };
