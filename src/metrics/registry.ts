import type { Logger } from '../domain/contracts.ts';
import {
  COUNT_CELL,
  INF_CELL,
  type Increment,
  type Metric,
  type StoredCell,
  SUM_CELL,
} from '../domain/metric.ts';
import { labelText } from './label-text.ts';
import { type Series, SortedSeries } from './sorted-series.ts';

/**
 * The values of all stored metrics, in memory: what the store holds, ready to be shown. They depend on the sum of what
 * was restored and applied, and never on its order.
 */
export class Registry {
  /** The catalogue, in the order of exposition. */
  readonly metrics: readonly Metric[];
  readonly #families = new Map<string, Family>();
  readonly #logger: Logger;

  constructor(metrics: readonly Metric[], logger: Logger) {
    this.metrics = metrics;
    this.#logger = logger;
    for (const metric of metrics) {
      if (metric.type !== 'gauge') this.#families.set(metric.name, new Family(metric));
    }
  }

  /**
   * Adds what the store holds. Cells of metrics that this version does not have, or has with other labels, stay in the
   * store and are not shown.
   */
  restore(cells: readonly StoredCell[]): void {
    const leftOut = new Map<string, number>();
    for (const { metric, labels, cell, value } of cells) {
      const family = this.#families.get(metric);
      if (family?.metric.labels.length === labels.length) family.add(family.at(labels), cell, value);
      else leftOut.set(metric, (leftOut.get(metric) ?? 0) + 1);
    }
    if (leftOut.size === 0) return;
    this.#logger.debug('Cells of metrics that this version does not have were left out', {
      cells: Object.fromEntries(leftOut),
    });
  }

  /** Adds what was committed. Throws for a metric that is not in the catalogue: nothing of this version counts one. */
  apply(increments: readonly Increment[]): void {
    let family: Family | undefined;
    let series: Series | undefined;
    let last: Increment | undefined;
    for (const increment of increments) {
      // The two increments of an observation share their labels, and so their series.
      if (!family || !series || increment.labels !== last?.labels || increment.metric !== last.metric) {
        family = this.#families.get(increment.metric);
        if (!family) throw new Error(`No stored metric has the name ${increment.metric}`);
        series = family.at(increment.labels);
      }
      family.add(series, increment.cell, increment.delta);
      last = increment;
    }
  }

  /** How many series each metric has; metrics without any are left out. */
  seriesCounts(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const [name, { size }] of this.#families) if (size > 0) counts.set(name, size);
    return counts;
  }

  /** The series of a metric by label text, in a list that does not change; the cells in it do. */
  seriesOf(metric: Metric): readonly Series[] {
    return this.#families.get(metric.name)?.list() ?? [];
  }

  /** About how many characters the exposition of all series has. */
  textLength(): number {
    let length = 0;
    for (const family of this.#families.values()) length += family.textLength();
    return length;
  }
}

/** The series of one metric. */
class Family {
  readonly metric: Metric;
  readonly #bounds: readonly number[];
  /** Where in `Series.cells` a stored cell is. */
  readonly #places: ReadonlyMap<number, number>;
  readonly #byLabels = new Map<string, Series>();
  readonly #sorted = new SortedSeries();
  #labelsLength = 0;

  constructor(metric: Metric) {
    this.metric = metric;
    this.#bounds = metric.buckets ?? [];
    const cells = metric.type === 'histogram' ? [...this.#bounds, INF_CELL, SUM_CELL] : [COUNT_CELL];
    this.#places = new Map(cells.map((cell, place) => [cell, place]));
  }

  get size(): number {
    return this.#byLabels.size;
  }

  /** The series of these label values; a new one is all 0. */
  at(values: readonly string[]): Series {
    const labels = labelText(this.metric.labels, values);
    let series = this.#byLabels.get(labels);
    if (!series) {
      series = { labels, cells: new Array<number>(this.#places.size).fill(0) };
      this.#byLabels.set(labels, series);
      this.#sorted.add(series);
      this.#labelsLength += labels.length;
    }
    return series;
  }

  add(series: Series, cell: number, amount: number): void {
    const place = this.#places.get(cell) ?? this.#placeOfFormer(cell);
    series.cells[place] = (series.cells[place] ?? 0) + amount;
  }

  list(): readonly Series[] {
    return this.#sorted.list();
  }

  textLength(): number {
    const linesPerSeries = this.metric.type === 'histogram' ? this.#places.size + 1 : 1;
    return linesPerSeries * (this.#labelsLength + this.size * (this.metric.name.length + 32));
  }

  /** A bucket of bounds that were in use before counts for the next larger one, or +Inf: it holds all that was in it. */
  #placeOfFormer(bound: number): number {
    const place = this.#bounds.findIndex((each) => bound <= each);
    return place === -1 ? this.#bounds.length : place;
  }
}
