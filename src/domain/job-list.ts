import type { LabelPatterns } from './label-patterns.ts';
import type { JobState } from './lifecycle/state.ts';
import type { Status } from './observation.ts';

/*
 * Asking for single jobs: from a number to the jobs behind it.
 */

/**
 * `waiting` is the time for which a job that is not over has waited, or run, as
 * `oldest_active_job_timestamp_seconds` counts it.
 */
export type JobOrder = 'created' | 'completed' | 'waiting' | 'queue' | 'duration';

/**
 * The place of a job in the order: of what is asked by, in ms (null where it is not known), and the job's id.
 */
export interface JobPlace {
  readonly valueMs: number | null;
  readonly jobId: number;
}

/** Of every list, one of its texts must fit; an empty one fits always. */
export interface JobFilters {
  /** `owner/name`, or `owner/*`. */
  readonly repository: readonly string[];
  /** As the label of metrics has it. */
  readonly workflow: readonly string[];
  /** As the label of metrics has it. */
  readonly jobName: readonly string[];
  /** As the label of metrics has it. */
  readonly runsOn: readonly string[];
  /** Any one of those that the job asked for. */
  readonly label: readonly string[];
  /** As the label of metrics has it. */
  readonly runnerGroup: readonly string[];
  /** The class of the run's branch, as the label of metrics has it. */
  readonly branch: readonly string[];
  /** What triggered the run. */
  readonly event: readonly string[];
  readonly conclusion: readonly string[];
}

export interface JobQuery extends JobFilters {
  /** By which the labels of metrics are made that the filters name; unless told none. */
  readonly labelPatterns?: LabelPatterns;
  /** Completed ones are asked for by themselves. */
  readonly statuses: readonly Status[];
  /** When completed jobs ended, from the first moment until before the last; null for others. */
  readonly window: { readonly fromMs: number; readonly toMs: number } | null;
  /** Ghosts, or what is in the gauges of active jobs. */
  readonly isStale: boolean;
  readonly order: JobOrder;
  readonly isDescending: boolean;
  readonly limit: number;
  /** Only what comes behind this place. */
  readonly after: JobPlace | null;
}

export interface ListedJob {
  readonly job: JobState;
  /** From when it waits, or runs; of no meaning once it is over. */
  readonly beganAtMs: number;
}

export interface JobPage {
  readonly jobs: readonly ListedJob[];
  /** Where to go on; null at the end. */
  readonly next: JobPlace | null;
}

/** A page as the whole service answers it. */
export interface DatedJobPage extends JobPage {
  /** The last change that it shows. */
  readonly asOfMs: number;
  /** When it was asked for. */
  readonly nowMs: number;
}

/** The order of two places: what has no value comes last. */
export function compareJobPlaces(a: JobPlace, b: JobPlace, isDescending: boolean): number {
  const sign = isDescending ? -1 : 1;
  if (a.valueMs === null || b.valueMs === null) {
    if (a.valueMs !== b.valueMs) return a.valueMs === null ? 1 : -1;
  } else if (a.valueMs !== b.valueMs) return sign * (a.valueMs - b.valueMs);
  return sign * (a.jobId - b.jobId);
}
