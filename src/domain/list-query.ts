import type { LabelPatterns } from './label-patterns.ts';
import type { Status } from './observation.ts';

/*
 * Queries for single jobs and for single runs: from a number to what is behind it.
 */

/** `waiting` is how long it has waited, or run, as `oldest_active_job_timestamp_seconds` counts it. */
export type ListOrder = 'created' | 'completed' | 'waiting' | 'queue' | 'duration';

/** A position in the sort order: the sort key in ms (null if unknown), and what identifies the row. */
export interface ListPlace {
  readonly valueMs: number | null;
  readonly ids: readonly number[];
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

/** The filters as they were asked for. Queries get the names of the repositories that have the labels. */
export interface AskedFilters extends JobFilters {
  /** `LABEL=VALUE`. */
  readonly repositoryLabel?: readonly string[];
}

export interface ListQuery extends JobFilters {
  /** The patterns that make the labels of metrics that the filters name. Default: none. */
  readonly labelPatterns?: LabelPatterns;
  /** What a completed job is billed as; `none`: nothing. Default: any. Of jobs only. */
  readonly sku?: readonly string[];
  /** What is completed has queries of its own. */
  readonly statuses: readonly Status[];
  /** When what is completed ended: from the first time until before the last. Null for others. */
  readonly window: { readonly fromMs: number; readonly toMs: number } | null;
  /** Ghosts only, or only what is in the gauges of active work. */
  readonly isStale: boolean;
  readonly order: ListOrder;
  readonly isDescending: boolean;
  readonly limit: number;
  /** Only what comes after this position. */
  readonly after: ListPlace | null;
}

/** The order of two positions: unknown values come last. */
export function compareListPlaces(a: ListPlace, b: ListPlace, isDescending: boolean): number {
  const sign = isDescending ? -1 : 1;
  if (a.valueMs === null || b.valueMs === null) {
    if (a.valueMs !== b.valueMs) return a.valueMs === null ? 1 : -1;
  } else if (a.valueMs !== b.valueMs) return sign * (a.valueMs - b.valueMs);
  const differing = a.ids.findIndex((id, index) => id !== b.ids[index]);
  return differing === -1 ? 0 : sign * ((a.ids[differing] ?? 0) - (b.ids[differing] ?? 0));
}

/** A position as the text of a cursor. It is only valid for the same sort order. */
export function printListPlace(
  { valueMs, ids }: ListPlace,
  { order, isDescending }: Pick<ListQuery, 'order' | 'isDescending'>,
): string {
  return Buffer.from(JSON.stringify([order, isDescending, valueMs, ...ids])).toString('base64url');
}
