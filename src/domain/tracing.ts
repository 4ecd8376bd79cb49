import type { JobState, RunState } from './lifecycle/state.ts';
import type { JobObservation, RunObservation } from './observation.ts';
import type { JobEntry, RunEntry, WaitEntry } from './trace-entry.ts';

/** What became of a job that is certainly one. */
export interface JobChange {
  /** Null: nothing proved before that it is a job. */
  readonly before: JobState | null;
  readonly after: JobState;
  /** What was reported of it; null: nothing, time has passed. */
  readonly observation: JobObservation | null;
  /** The other jobs of its name in its run, of every attempt. */
  readonly namesakes: readonly JobState[];
  /** Its attempt; null if nothing is known of it, or it is the first one. */
  readonly run: RunState | null;
  readonly nowMs: number;
}

export interface TracedJobChange {
  readonly entries: readonly (JobEntry | WaitEntry)[];
  /** `after`, with what is still open of its spans. */
  readonly state: JobState;
}

/** Makes trace entries, in the transaction that changes the state: each span once, in whatever order things arrive. */
export interface Tracing {
  job(change: JobChange): TracedJobChange;
  /** Of the end of an attempt, when it is counted. */
  run(end: RunObservation): readonly RunEntry[];
}
