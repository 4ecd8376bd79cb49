import type { LabelPatterns } from './label-patterns.ts';
import type { JobState } from './lifecycle/state.ts';
import type { Status } from './observation.ts';

/*
 * Queries for single jobs: from a number to the jobs behind it.
 */

/**
 * `waiting` is how long an active job has waited, or run, as `oldest_active_job_timestamp_seconds` counts it.
 */
export type JobOrder = 'created' | 'completed' | 'waiting' | 'queue' | 'duration';

/** The position of a job in the sort order: the sort key in ms (null if unknown), and the job's id. */
export interface JobPlace {
  readonly valueMs: number | null;
  readonly jobId: number;
}

/** One value of each list must match; an empty list matches always. */
export interface JobFilters {
  /** `owner/name`, or `owner/*`. */
  readonly repository: readonly string[];
  /** As in the label of metrics. */
  readonly workflow: readonly string[];
  /** As in the label of metrics. */
  readonly jobName: readonly string[];
  /** As in the label of metrics. */
  readonly runsOn: readonly string[];
  /** Any of the labels that the job asked for. */
  readonly label: readonly string[];
  /** As in the label of metrics. */
  readonly runnerGroup: readonly string[];
  /** The class of the run's branch, as in the label of metrics. */
  readonly branch: readonly string[];
  /** The event that triggered the run. */
  readonly event: readonly string[];
  readonly conclusion: readonly string[];
}

export interface JobQuery extends JobFilters {
  /** The patterns that make the labels of metrics that the filters name. Default: none. */
  readonly labelPatterns?: LabelPatterns;
  /** Completed jobs have queries of their own. */
  readonly statuses: readonly Status[];
  /** When completed jobs ended: from the first time until before the last. Null for others. */
  readonly window: { readonly fromMs: number; readonly toMs: number } | null;
  /** Ghosts only, or only jobs that are in the gauges of active jobs. */
  readonly isStale: boolean;
  readonly order: JobOrder;
  readonly isDescending: boolean;
  readonly limit: number;
  /** Only jobs after this position. */
  readonly after: JobPlace | null;
}

export interface ListedJob {
  readonly job: JobState;
  /** Since when it waits, or runs. Meaningless once it is completed. */
  readonly beganAtMs: number;
}

export interface JobPage {
  readonly jobs: readonly ListedJob[];
  /** Where the next page begins; null at the end. */
  readonly next: JobPlace | null;
}

/** A page as the whole service returns it. */
export interface DatedJobPage extends JobPage {
  /** The latest change that it includes. */
  readonly asOfMs: number;
  /** When it was read. */
  readonly nowMs: number;
}

/** The order of two positions: unknown values come last. */
export function compareJobPlaces(a: JobPlace, b: JobPlace, isDescending: boolean): number {
  const sign = isDescending ? -1 : 1;
  if (a.valueMs === null || b.valueMs === null) {
    if (a.valueMs !== b.valueMs) return a.valueMs === null ? 1 : -1;
  } else if (a.valueMs !== b.valueMs) return sign * (a.valueMs - b.valueMs);
  return sign * (a.jobId - b.jobId);
}
