import { labelValues } from './label-value.ts';

/*
 * The vocabulary of numbers. A stored metric is made of integer cells: a counter has one, a histogram one per
 * bucket (not cumulative) and one for the sum. Integers add up exactly, in any order and over any restart;
 * durations are therefore kept in milliseconds and shown in seconds.
 */

/**
 * A `sample` metric is never scraped: its values are pushed, each with its own time (event-sample.ts). What
 * is stored of it is how many samples each of its series has had, so that the limit of series holds for it
 * too.
 */
export type MetricType = 'counter' | 'gauge' | 'histogram' | 'sample';

export interface Metric {
  /** The full name as exposed, for example `github_actions_jobs_total`. */
  readonly name: string;
  readonly type: MetricType;
  readonly labels: readonly string[];
  readonly help: string;
  /** What one exposed unit is in stored units: 1000 for durations kept in ms; 1 unless told. */
  readonly scale?: number;
  /** How readings of a gauge become one when labels are left out; `sum` unless told. */
  readonly combine?: 'sum' | 'min' | 'max';
  /** Upper bounds in stored units, ascending, without +Inf. Histograms only. */
  readonly buckets?: readonly number[];
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
 * `delta` is added to one cell of the series that `metric` and the label values name (in the metric's label
 * order).
 */
export interface Increment {
  readonly metric: string;
  readonly labels: readonly string[];
  readonly cell: number;
  readonly delta: number;
}

/** One cell as stored. */
export interface StoredCell {
  readonly metric: string;
  readonly labels: readonly string[];
  readonly cell: number;
  readonly value: number;
  /** When its series was first stored; null: by a version that did not write it down. */
  readonly createdAtMs: number | null;
}

/**
 * Series that have to stand at 0 before the first of them counts anything: Prometheus' `increase()` never
 * sees the first value of a series. They are one group: while any of them is heard of, none of them expires.
 */
export interface SeriesGroup {
  /** Names the group; equal keys have equal series. */
  readonly key: string;
  /** Increments of 0, one for each series. Only asked for where the group is new. */
  readonly zeros: () => readonly Increment[];
}

/** A gauge's value, computed when it is asked for. */
export interface GaugeReading {
  readonly metric: string;
  readonly labels: readonly string[];
  readonly value: number;
}

/** The increment of a counter. */
export function countOf(metric: Metric, labels: readonly string[], delta = 1): Increment {
  return { metric: metric.name, labels: labelValues(labels), cell: COUNT_CELL, delta };
}

/** Increments of 0 for every combination of these label values: a closed set stands at 0 from the start. */
export function zerosOf(metric: Metric, ...values: readonly (readonly string[])[]): Increment[] {
  const combinations = values.reduce<readonly (readonly string[])[]>(
    (found, next) => found.flatMap((labels) => next.map((value) => [...labels, value])),
    [[]],
  );
  return combinations.map((labels) => zeroOf(metric, labels));
}

/** An increment that makes the series and adds nothing to it. */
export function zeroOf(metric: Metric, labels: readonly string[]): Increment {
  const cell = metric.type === 'histogram' ? INF_CELL : COUNT_CELL;
  return { metric: metric.name, labels: labelValues(labels), cell, delta: 0 };
}

/** The two increments of one histogram observation, `value` in stored units. */
export function histogramIncrements(metric: Metric, texts: readonly string[], value: number): Increment[] {
  const labels = labelValues(texts);
  const bound = metric.buckets?.find((upper) => value <= upper) ?? INF_CELL;
  const increments: Increment[] = [{ metric: metric.name, labels, cell: bound, delta: 1 }];
  if (value !== 0) increments.push({ metric: metric.name, labels, cell: SUM_CELL, delta: value });
  return increments;
}

/** A gauge's reading. */
export function readingOf(metric: Metric, labels: readonly string[], value: number): GaugeReading {
  return { metric: metric.name, labels: labelValues(labels), value };
}

/** Sums increments of the same cell, in the order in which their cells first came. */
export class IncrementSums {
  readonly #byCell = new Map<string, Increment>();

  add(increments: readonly Increment[]): void {
    for (const increment of increments) {
      const key = `${increment.cell}\0${increment.metric}\0${increment.labels.join('\0')}`;
      const before = this.#byCell.get(key);
      this.#byCell.set(
        key,
        before === undefined ? increment : { ...increment, delta: before.delta + increment.delta },
      );
    }
  }

  /** The sums so far; they start again from nothing. */
  take(): Increment[] {
    const sums = [...this.#byCell.values()];
    this.#byCell.clear();
    return sums;
  }
}
