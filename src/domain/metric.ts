import type { Exemplar } from './exemplar.ts';
import { labelValues } from './label-value.ts';

/*
 * The vocabulary of numbers. A stored metric consists of integer cells: a counter has one, a histogram one
 * per bucket (not cumulative) and one for the sum. Integers add up exactly, in any order and across restarts,
 * so durations are stored in milliseconds and exposed in seconds.
 */

/**
 * A `sample` metric is never scraped: its values are pushed, each with its own time (event-sample.ts). Only
 * the number of samples of each series is stored, so that the limit of series applies to it too.
 */
export type MetricType = 'counter' | 'gauge' | 'histogram' | 'sample';

export interface Metric {
  /** The full name as exposed, for example `github_actions_jobs_total`. */
  readonly name: string;
  readonly type: MetricType;
  readonly labels: readonly string[];
  readonly help: string;
  /** How many stored units make one exposed unit: 1000 for durations stored in ms. Default: 1. */
  readonly scale?: number;
  /** How the readings of a gauge are combined when labels are dropped. Default: `sum`. */
  readonly combine?: 'sum' | 'min' | 'max';
  /** Bucket bounds in stored units, ascending, without +Inf. Histograms only. */
  readonly buckets?: readonly number[];
  /** The same bounds as they are shown, in exposed units, where those in stored units are rounded down. */
  readonly shownBounds?: readonly number[];
}

/** A counter's only cell. */
export const COUNT_CELL = 0;
/** A histogram's sum of observed values, in stored units. */
export const SUM_CELL = -1;
/**
 * A histogram's bucket without upper bound. Other bucket cells are named by their upper bound in stored
 * units.
 */
export const INF_CELL = -2;

/**
 * Adds `delta` to one cell of the series that `metric` and the label values (in the metric's label order)
 * name.
 */
export interface Increment {
  readonly metric: string;
  readonly labels: readonly string[];
  readonly cell: number;
  readonly delta: number;
  /** Of a bucket of a histogram; never stored. */
  readonly exemplar?: Exemplar;
}

/** One cell as stored. */
export interface StoredCell {
  readonly metric: string;
  readonly labels: readonly string[];
  readonly cell: number;
  readonly value: number;
  /** When its series was first stored; null if by a version that did not record it. */
  readonly createdAtMs: number | null;
  /** Of what another process has just added. */
  readonly exemplar?: Exemplar;
}

/**
 * Series that must exist at 0 before the first of them counts anything: Prometheus' `increase()` never sees
 * the first value of a series. They are one group: none of them expires while any of them is active.
 */
export interface SeriesGroup {
  /** Names the group. Equal keys have equal series. */
  readonly key: string;
  /** Increments of 0, one for each series. Only called if the group is new. */
  readonly zeros: () => readonly Increment[];
}

/** The value of a gauge, computed on request. */
export interface GaugeReading {
  readonly metric: string;
  readonly labels: readonly string[];
  readonly value: number;
}

/** The increment of a counter. */
export function countOf(metric: Metric, labels: readonly string[], delta = 1): Increment {
  return { metric: metric.name, labels: labelValues(labels), cell: COUNT_CELL, delta };
}

/** The bounds of a histogram's buckets in exposed units, without +Inf. */
export function boundsOf({ buckets = [], scale = 1, shownBounds }: Metric): readonly number[] {
  return shownBounds ?? buckets.map((bound) => bound / scale);
}

/**
 * Increments of 0 for every combination of these label values, so that a closed set exists at 0 from the
 * start.
 */
export function zerosOf(metric: Metric, ...values: readonly (readonly string[])[]): Increment[] {
  const combinations = values.reduce<readonly (readonly string[])[]>(
    (found, next) => found.flatMap((labels) => next.map((value) => [...labels, value])),
    [[]],
  );
  return combinations.map((labels) => zeroOf(metric, labels));
}

/** An increment that creates the series and adds nothing. */
export function zeroOf(metric: Metric, labels: readonly string[]): Increment {
  const cell = metric.type === 'histogram' ? INF_CELL : COUNT_CELL;
  return { metric: metric.name, labels: labelValues(labels), cell, delta: 0 };
}

/** The two increments of one histogram observation, `value` in stored units; `buckets` in place of the metric's own. */
export function histogramIncrements(
  metric: Metric,
  texts: readonly string[],
  value: number,
  buckets = metric.buckets,
): Increment[] {
  const labels = labelValues(texts);
  const bound = buckets?.find((upper) => value <= upper) ?? INF_CELL;
  const increments: Increment[] = [{ metric: metric.name, labels, cell: bound, delta: 1 }];
  if (value !== 0) increments.push({ metric: metric.name, labels, cell: SUM_CELL, delta: value });
  return increments;
}

/** A gauge's reading. */
export function readingOf(metric: Metric, labels: readonly string[], value: number): GaugeReading {
  return { metric: metric.name, labels: labelValues(labels), value };
}

/** Sums increments of the same cell. Cells stay in the order in which they first came. */
export class IncrementSums {
  readonly #byCell = new Map<string, Increment>();

  add(increments: readonly Increment[]): void {
    for (const increment of increments) {
      const key = `${increment.cell}\0${increment.metric}\0${increment.labels.join('\0')}`;
      const before = this.#byCell.get(key);
      this.#byCell.set(key, before === undefined ? increment : summed(before, increment));
    }
  }

  /** Returns the sums so far, and starts again from nothing. */
  take(): Increment[] {
    const sums = [...this.#byCell.values()];
    this.#byCell.clear();
    return sums;
  }
}

/** Both in one, of the same cell. */
export function summed(before: Increment, increment: Increment): Increment {
  const delta = before.delta + increment.delta;
  const [one, other] = [before.exemplar, increment.exemplar];
  if (one === undefined || (other !== undefined && other.atMs > one.atMs)) return { ...increment, delta };
  return { ...increment, delta, exemplar: one };
}

/**
 * Bucket bounds for durations of CI work, in milliseconds: 1 s to 6 h, the longest that a GitHub-hosted job
 * may run.
 */
export const DURATION_BUCKETS_MS: readonly number[] = [
  1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 10800, 21600,
].map((seconds) => seconds * 1000);

/** A metric with one value per label set. */
export function metric(name: string, type: MetricType, labels: readonly string[], help: string): Metric {
  return { name, type, labels, help };
}

/** A histogram of durations, stored in milliseconds. */
export function seconds(
  name: string,
  labels: readonly string[],
  help: string,
  buckets = DURATION_BUCKETS_MS,
): Metric {
  return { name, type: 'histogram', labels, help, scale: 1000, buckets };
}
