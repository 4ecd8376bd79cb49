import type { DeliverySource } from './delivery.ts';
import type { JobState, RunState } from './lifecycle/state.ts';
import type { Increment } from './metric.ts';

/** What one delivery reported about a run or a job, and what came of it: for people who check a number. */
export interface ObservationEntry {
  readonly runId: number;
  /** Null if it is about the run itself. */
  readonly jobId: number | null;
  readonly guid: string;
  readonly source: DeliverySource;
  readonly receivedAtMs: number;
  /** When GitHub created the event, if its id contains a time. */
  readonly eventAtMs: number;
  readonly action: string;
  readonly status: string;
  readonly conclusion: string | null;
  /** The known status before this delivery, and after it. */
  readonly before: string | null;
  readonly after: string;
  /** What it counted. If nothing, `why` gives the reason. */
  readonly counted: readonly Increment[];
  readonly why: string | null;
}

/** Everything that is known about one run, or about one job and the others of its name. */
export interface Explanation {
  readonly runs: readonly RunState[];
  readonly jobs: readonly JobState[];
  readonly observations: readonly ObservationEntry[];
}
