import type { DeliverySource } from './delivery.ts';
import type { JobState, RunState } from './lifecycle/state.ts';
import type { Increment } from './metric.ts';

/** What one delivery told of a run or a job, and what came of it: for people who check a number. */
export interface ObservationEntry {
  readonly runId: number;
  /** Null: told of the run itself. */
  readonly jobId: number | null;
  readonly guid: string;
  readonly source: DeliverySource;
  readonly receivedAtMs: number;
  /** When GitHub made the event, as far as its id tells. */
  readonly eventAtMs: number;
  readonly action: string;
  readonly status: string;
  readonly conclusion: string | null;
  /** The status known before, and after it. */
  readonly before: string | null;
  readonly after: string;
  /** What it moved. Empty: nothing, and `why` tells the reason. */
  readonly counted: readonly Increment[];
  readonly why: string | null;
}

/** All that is known of one run, or of one job and the others of its name. */
export interface Explanation {
  readonly runs: readonly RunState[];
  readonly jobs: readonly JobState[];
  readonly observations: readonly ObservationEntry[];
}
