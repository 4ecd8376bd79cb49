import type { JobState } from './lifecycle/state.ts';
import type { ListPlace } from './list-query.ts';

export interface ListedJob {
  readonly job: JobState;
  /** Since when it waits, or runs. Meaningless once it is completed. */
  readonly beganAtMs: number;
}

export interface JobPage {
  readonly jobs: readonly ListedJob[];
  /** Where the next page begins; null at the end. */
  readonly next: ListPlace | null;
}

/** A page as the whole service returns it. */
export interface DatedJobPage extends JobPage {
  /** The latest change that it includes. */
  readonly asOfMs: number;
  /** When it was read. */
  readonly nowMs: number;
}
