import type { Clock, Logger } from '../domain/contracts.ts';
import type { Exemplar } from '../domain/exemplar.ts';
import { foldedLabels, type LabelPatterns } from '../domain/label-patterns.ts';
import { type LabelPolicy, OTHER_LABEL, otherLabels, reduceLabels } from '../domain/label-policy.ts';
import { pairsIn } from '../domain/label-text.ts';
import {
  COUNT_CELL,
  countOf,
  type Increment,
  type Metric,
  type SeriesGroup,
  type StoredCell,
} from '../domain/metric.ts';
import { SELF } from '../domain/own-metrics.ts';
import type { Additions } from '../domain/transaction.ts';
import { Exemplars } from './exemplars.ts';
import { Family } from './family.ts';
import { HeldGroups } from './held-groups.ts';
import { PackedBlocks } from './packed-exposition.ts';
import { SeriesSums } from './series-sums.ts';
import type { BlockCopy, Series } from './sorted-series.ts';

/** The metrics to keep: all except those that jobs create. */
type Countable = Pick<Additions, 'increments' | 'samples' | 'groups'>;
type Counted = Pick<Additions, 'increments' | 'samples'>;

export interface RegistryOptions {
  readonly logger: Logger;
  /** As `ServiceTime.steady`. */
  readonly steady: Clock;
  readonly labelPolicy: LabelPolicy;
  readonly labelPatterns?: LabelPatterns;
  /** Whether other processes add to the same series. */
  readonly isShared?: boolean;
  /**
   * How many series a metric may have; beyond it, values go to one whose label values are all `__other__`.
   */
  readonly maxSeries: number;
}

/**
 * The values of all stored metrics, in memory: what the store holds, ready to be shown. They depend on the
 * sum of what was restored and applied, and never on its order.
 */
export class Registry {
  /** The catalogue, in the order of exposition. */
  readonly metrics: readonly Metric[];
  readonly exemplars: Exemplars;
  /** Of its series. */
  readonly packed = new PackedBlocks();
  readonly #families = new Map<string, Family>();
  readonly #groups = new HeldGroups();
  readonly #options: RegistryOptions;

  constructor(metrics: readonly Metric[], options: RegistryOptions) {
    this.metrics = metrics;
    this.#options = options;
    this.exemplars = new Exemplars(options.steady);
    for (const metric of metrics) {
      if (metric.type !== 'gauge') this.#families.set(metric.name, new Family(metric, options.steady));
    }
  }

  /**
   * Adds what the store holds. Cells of metrics that this version lacks, or has with other labels, stay in
   * the store and are not shown.
   */
  restore(cells: readonly StoredCell[]): void {
    const leftOut = new Map<string, number>();
    for (const { metric, labels, cell, value, createdAtMs } of cells) {
      const family = this.#families.get(metric);
      if (family !== undefined && isShownWith(family, labels))
        family.add(this.#admitted(family, labels, createdAtMs), cell, value);
      else leftOut.set(metric, (leftOut.get(metric) ?? 0) + 1);
    }
    if (leftOut.size === 0) return;
    this.#options.logger.debug('Stored series of unknown metrics skipped', {
      cells: Object.fromEntries(leftOut),
    });
  }

  /**
   * Adds what another process has admitted and stored: `value` is what it added. What this version can't show is
   * left out.
   */
  follow(cells: readonly StoredCell[]): void {
    const nowMs = this.#options.steady();
    for (const { metric, labels, cell, value, createdAtMs, exemplar } of cells) {
      const family = this.#families.get(metric);
      if (family === undefined || !isShownWith(family, labels)) continue;
      const series = family.at(this.#reduced(family, labels), createdAtMs);
      series.touchedAtMs = nowMs;
      family.add(series, cell, value);
      if (exemplar !== undefined) this.#noteExemplar(family, series, cell, exemplar);
    }
  }

  /** Forgets these series. */
  remove(series: readonly Pick<Increment, 'metric' | 'labels'>[]): void {
    for (const { metric, labels } of series) this.#families.get(metric)?.remove(labels);
  }

  /** Forgets all series. */
  clear(): void {
    this.exemplars.clear();
    for (const family of this.#families.values()) family.clear();
    this.#groups.clear();
  }

  /**
   * The increments as they are stored and applied, each cell once: without the labels that the policy drops, and over
   * the limit with `__other__` as labels. New series are reserved here, so that one batch can't exceed the limit
   * either. The same goes for samples; they are counted too, so that their series survive a restart. Groups
   * that are not held yet get an increment of 0 for each series that does not exist. New series are created
   * at `nowMs`.
   */
  admit({ increments, samples, groups }: Countable, nowMs: number): Counted {
    const kept = samples.map((sample) => {
      const labels = this.#admitted(this.#familyOf(sample.metric), sample.labels, nowMs).values;
      return labels === sample.labels ? sample : { ...sample, labels };
    });
    const counts = samples.map(({ metric, labels }) => ({ metric, labels, cell: COUNT_CELL, delta: 1 }));
    const touchedAtMs = this.#options.steady();
    const zeros = groups
      .filter(({ key }) => !this.#groups.touch(key, touchedAtMs))
      .flatMap((group) => group.zeros());
    const all = [...increments, ...counts, ...zeros];
    const told = this.#repeated(groups, touchedAtMs);
    return { increments: [...this.#admitIncrements(all, nowMs), ...told], samples: kept };
  }

  #admitIncrements(increments: readonly Increment[], nowMs: number): Increment[] {
    const admitted = new SeriesSums();
    let dropped = 0;
    for (const increment of increments) {
      const family = this.#familyOf(increment.metric);
      if (increment.delta === 0) {
        const zero = this.#admittedZero(family, increment, nowMs);
        if (zero !== null) admitted.add(zero);
        continue;
      }
      const labels = this.#admitted(family, increment.labels, nowMs).values;
      if (labels !== increment.labels && isOther(labels) && !isOther(increment.labels)) {
        dropped += 1;
        admitted.add(countOf(SELF.seriesDropped, [increment.metric]));
      }
      admitted.add(labels === increment.labels ? increment : { ...increment, labels });
    }
    if (dropped > 0)
      this.#options.logger.debug('Series limit reached; increments added to __other__', { dropped });
    return admitted.sums();
  }

  /**
   * Other processes must know which groups are active, or one of them deletes a series that is kept here: once in a
   * while each is told with increments of 0.
   */
  #repeated(groups: readonly SeriesGroup[], nowMs: number): Increment[] {
    if (this.#options.isShared !== true) return [];
    const due = groups.filter(({ key }) => this.#groups.mustTell(key, nowMs));
    return due.flatMap((group) =>
      group
        .zeros()
        .map((zero) => ({ ...zero, labels: this.#reduced(this.#familyOf(zero.metric), zero.labels) })),
    );
  }

  /** The label values according to the operator's settings. */
  #reduced({ metric }: Family, labels: readonly string[]): readonly string[] {
    const { labelPolicy, labelPatterns } = this.#options;
    return reduceLabels(labelPolicy, metric.name, foldedLabels(labelPatterns, metric.labels, labels));
  }

  /** The series that this one is kept as; reserves it. */
  #admitted(family: Family, labels: readonly string[], createdAtMs: number | null): Series {
    const { maxSeries } = this.#options;
    const reduced = this.#reduced(family, labels);
    if (family.size < maxSeries || family.metric.labels.length === 0) return family.at(reduced, createdAtMs);
    const known = family.find(reduced);
    if (known !== undefined) return family.at(known.values, createdAtMs);
    const other = otherLabels(family.metric.labels, reduced);
    // The `__other__` series does not count against the limit: restored first, it would push another one out.
    const allowed = maxSeries + (family.has(other) ? 1 : 0);
    return family.at(family.size >= allowed ? other : reduced, createdAtMs);
  }

  /**
   * Null if the series exists, or if half of the limit is used: the other half is for series that count
   * something.
   */
  #admittedZero(family: Family, increment: Increment, nowMs: number): Increment | null {
    const labels = this.#reduced(family, increment.labels);
    if (family.isShown(labels)) return null;
    if (!family.has(labels) && family.size >= this.#options.maxSeries / 2) return null;
    family.at(labels, nowMs);
    return { ...increment, labels };
  }

  #familyOf(metric: string): Family {
    const family = this.#families.get(metric);
    if (!family) throw new Error(`No stored metric has the name ${metric}`);
    return family;
  }

  /** The series last incremented before `beforeMs`. */
  idle(beforeMs: number): { metric: string; labels: readonly string[] }[] {
    this.#groups.refresh(beforeMs);
    return [...this.#families].flatMap(([metric, family]) =>
      family.idle(beforeMs).map(({ values }) => ({ metric, labels: values })),
    );
  }

  /**
   * Adds what was committed. Throws for a metric that is not in the catalogue: this version counts none such.
   */
  apply(increments: readonly Increment[]): void {
    let family: Family | undefined;
    let series: Series | undefined;
    let last: Increment | undefined;
    const nowMs = this.#options.steady();
    for (const increment of increments) {
      // The two increments of a histogram observation share their labels, and so their series.
      if (!family || !series || increment.labels !== last?.labels || increment.metric !== last.metric) {
        family = this.#familyOf(increment.metric);
        series = family.find(increment.labels) ?? family.at(increment.labels, nowMs);
        series.touchedAtMs = nowMs;
      }
      family.add(series, increment.cell, increment.delta);
      if (increment.exemplar !== undefined)
        this.#noteExemplar(family, series, increment.cell, increment.exemplar);
      last = increment;
    }
  }

  /** What all that are over the limit have in common leads nowhere. */
  #noteExemplar(family: Family, series: Series, cell: number, exemplar: Exemplar): void {
    if (series.values[0] !== OTHER_LABEL) this.exemplars.note(series, family.indexOf(cell), exemplar);
  }

  /** Holds the groups whose series are committed. */
  holdGroups(groups: readonly SeriesGroup[]): void {
    const nowMs = this.#options.steady();
    for (const group of groups) {
      if (this.#groups.touch(group.key, nowMs)) continue;
      const series = group.zeros().flatMap(({ metric, labels }) => {
        const family = this.#familyOf(metric);
        return family.find(this.#reduced(family, labels)) ?? [];
      });
      this.#groups.add(group.key, series, nowMs);
    }
  }

  /** How many series each metric has; metrics without series are left out. */
  seriesCounts(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const [name, { size }] of this.#families) if (size > 0) counts.set(name, size);
    return counts;
  }

  /** The series of a metric by label text. The list is a copy; the cells in it still change. */
  seriesOf(metric: Metric): readonly Series[] {
    return this.#families.get(metric.name)?.list() ?? [];
  }

  /** The same, in blocks. */
  blocksOf(metric: Metric): readonly BlockCopy[] {
    return this.#families.get(metric.name)?.blocks() ?? [];
  }

  /** The approximate length of the exposition of all series, in characters. */
  textLength(): number {
    return this.only(this.metrics).textLength();
  }

  /** What is shown of these metrics alone. */
  only(metrics: readonly Metric[]): Pick<Registry, 'metrics' | 'seriesOf' | 'blocksOf' | 'textLength'> {
    return {
      metrics,
      seriesOf: (metric) => this.seriesOf(metric),
      blocksOf: (metric) => this.blocksOf(metric),
      textLength: () =>
        metrics.reduce((sum, { name }) => sum + (this.#families.get(name)?.textLength() ?? 0), 0),
    };
  }
}

/** Whether these are the labels of the series that collects what exceeds the limit. */
function isOther(labels: readonly string[]): boolean {
  const shown = labels.find((value) => value !== '') ?? '';
  return shown === OTHER_LABEL || shown.endsWith(`="${OTHER_LABEL}"`);
}

/** With the labels of its metric, and perhaps labels of its own. */
function isShownWith({ metric }: Family, labels: readonly string[]): boolean {
  const more = labels.length - metric.labels.length;
  return more === 0 || (more === 1 && pairsIn(labels.at(-1) ?? '') !== null);
}
