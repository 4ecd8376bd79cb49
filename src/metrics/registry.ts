import type { Additions, Clock, Logger } from '../domain/contracts.ts';
import { foldedLabels, type LabelPatterns } from '../domain/label-patterns.ts';
import { type LabelPolicy, OTHER_LABEL, reduceLabels } from '../domain/label-policy.ts';
import {
  COUNT_CELL,
  countOf,
  INF_CELL,
  type Increment,
  IncrementSums,
  type Metric,
  type StoredCell,
  SUM_CELL,
} from '../domain/metric.ts';
import { SELF } from '../domain/own-metrics.ts';
import { labelText } from './label-text.ts';
import { type Series, SortedSeries } from './sorted-series.ts';

/** What it keeps: all but what jobs make up. */
type Countable = Pick<Additions, 'increments' | 'samples'>;

export interface RegistryOptions {
  readonly logger: Logger;
  readonly clock: Clock;
  readonly labelPolicy: LabelPolicy;
  readonly labelPatterns?: LabelPatterns;
  /** How many series a metric may have; what is over that goes to one whose label values are all `__other__`. */
  readonly maxSeries: number;
}

/**
 * The values of all stored metrics, in memory: what the store holds, ready to be shown. They depend on the sum of what
 * was restored and applied, and never on its order.
 */
export class Registry {
  /** The catalogue, in the order of exposition. */
  readonly metrics: readonly Metric[];
  readonly #families = new Map<string, Family>();
  readonly #options: RegistryOptions;

  constructor(metrics: readonly Metric[], options: RegistryOptions) {
    this.metrics = metrics;
    this.#options = options;
    for (const metric of metrics) {
      if (metric.type !== 'gauge') this.#families.set(metric.name, new Family(metric, options.clock));
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
      if (family?.metric.labels.length === labels.length) {
        const reduced = this.#admitted(family, labels);
        family.add(family.at(reduced), cell, value);
      } else leftOut.set(metric, (leftOut.get(metric) ?? 0) + 1);
    }
    if (leftOut.size === 0) return;
    this.#options.logger.debug('Cells of metrics that this version does not have were left out', {
      cells: Object.fromEntries(leftOut),
    });
  }

  /**
   * The increments as they are to be stored and applied: without the labels that the policy leaves out, and those of series
   * over the limit with `__other__` for labels. Places for new series are taken here, so that one batch can't pass the
   * limit either. Samples likewise; they are counted as well, so that what is known of their series outlives the process.
   */
  admit({ increments, samples }: Countable): Countable {
    const counts = new IncrementSums();
    const kept = samples.map((sample) => {
      const labels = this.#admitted(this.#familyOf(sample.metric), sample.labels);
      counts.add([{ metric: sample.metric, labels: sample.labels, cell: COUNT_CELL, delta: 1 }]);
      return labels === sample.labels ? sample : { ...sample, labels };
    });
    return { increments: this.#admitIncrements([...increments, ...counts.take()]), samples: kept };
  }

  #admitIncrements(increments: readonly Increment[]): Increment[] {
    const admitted: Increment[] = [];
    let dropped = 0;
    for (const increment of increments) {
      const family = this.#familyOf(increment.metric);
      const labels = this.#admitted(family, increment.labels);
      if (labels[0] === OTHER_LABEL && increment.labels[0] !== OTHER_LABEL) {
        dropped += 1;
        admitted.push(countOf(SELF.seriesDropped, [increment.metric]));
      }
      admitted.push(labels === increment.labels ? increment : { ...increment, labels });
    }
    if (dropped > 0) this.#options.logger.debug('Increments went to the series of all others', { dropped });
    return admitted;
  }

  /** The label values under which this series is kept; makes a place for it. */
  #admitted(family: Family, labels: readonly string[]): readonly string[] {
    const { labelPolicy, labelPatterns } = this.#options;
    const folded = foldedLabels(labelPatterns, family.metric.labels, labels);
    const reduced = reduceLabels(labelPolicy, family.metric.name, folded);
    if (family.has(reduced)) return reduced;
    const other = reduced.map((value) => (value === '' ? '' : OTHER_LABEL));
    // The series of all others takes no place from them, or it would push one out when it is restored before it.
    const places = this.#options.maxSeries + (family.has(other) ? 1 : 0);
    const kept = family.size >= places && family.metric.labels.length > 0 ? other : reduced;
    family.at(kept);
    return kept;
  }

  #familyOf(metric: string): Family {
    const family = this.#families.get(metric);
    if (!family) throw new Error(`No stored metric has the name ${metric}`);
    return family;
  }

  /** Forgets the series that were last added to before `beforeMs`; answers which. */
  expire(beforeMs: number): { metric: string; labels: readonly string[] }[] {
    return [...this.#families].flatMap(([metric, family]) =>
      family.expire(beforeMs).map((labels) => ({ metric, labels })),
    );
  }

  /** Adds what was committed. Throws for a metric that is not in the catalogue: nothing of this version counts one. */
  apply(increments: readonly Increment[]): void {
    let family: Family | undefined;
    let series: Series | undefined;
    let last: Increment | undefined;
    const nowMs = this.#options.clock();
    for (const increment of increments) {
      // The two increments of an observation share their labels, and so their series.
      if (!family || !series || increment.labels !== last?.labels || increment.metric !== last.metric) {
        family = this.#familyOf(increment.metric);
        series = family.at(increment.labels);
        series.touchedAtMs = nowMs;
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

  readonly #clock: Clock;

  constructor(metric: Metric, clock: Clock) {
    this.metric = metric;
    this.#clock = clock;
    this.#bounds = metric.buckets ?? [];
    const cells = metric.type === 'histogram' ? [...this.#bounds, INF_CELL, SUM_CELL] : [COUNT_CELL];
    this.#places = new Map(cells.map((cell, place) => [cell, place]));
  }

  get size(): number {
    return this.#byLabels.size;
  }

  has(values: readonly string[]): boolean {
    return this.#byLabels.has(labelText(this.metric.labels, values));
  }

  expire(beforeMs: number): (readonly string[])[] {
    const idle = [...this.#byLabels.values()].filter(({ touchedAtMs }) => touchedAtMs < beforeMs);
    for (const series of idle) {
      this.#byLabels.delete(series.labels);
      if (series.isShown) this.#sorted.remove(series);
      this.#labelsLength -= series.labels.length;
    }
    return idle.map(({ values }) => values);
  }

  /** The series of these label values; a new one is all 0. */
  at(values: readonly string[]): Series {
    const labels = labelText(this.metric.labels, values);
    let series = this.#byLabels.get(labels);
    if (!series) {
      series = {
        labels,
        values,
        cells: new Array<number>(this.#places.size).fill(0),
        touchedAtMs: this.#clock(),
        isShown: false,
      };
      this.#byLabels.set(labels, series);
      this.#labelsLength += labels.length;
    }
    return series;
  }

  /** A series is shown from then on; one that was only admitted, and never stored, is not. */
  add(series: Series, cell: number, amount: number): void {
    if (!series.isShown) {
      series.isShown = true;
      this.#sorted.add(series);
    }
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
