import type { Clock } from '../domain/contracts.ts';
import { labelText } from '../domain/label-text.ts';
import { COUNT_CELL, INF_CELL, type Metric, SUM_CELL } from '../domain/metric.ts';
import { type BlockCopy, type Series, SortedSeries } from './sorted-series.ts';

/** The series of one metric, and how many of the allowed ones are reserved. */
export class Family {
  readonly metric: Metric;
  readonly #bounds: readonly number[];
  /** The index of a stored cell in `Series.cells`. */
  readonly #indexes: ReadonlyMap<number, number>;
  readonly #byLabels = new Map<string, Series>();
  /**
   * By the list itself, which admitted increments share with their series: it saves making the text again.
   */
  readonly #byValues = new Map<readonly string[], Series>();
  readonly #sorted = new SortedSeries();
  readonly #steady: Clock;
  #labelsLength = 0;

  constructor(metric: Metric, steady: Clock) {
    this.metric = metric;
    this.#steady = steady;
    this.#bounds = metric.buckets ?? [];
    const cells = metric.type === 'histogram' ? [...this.#bounds, INF_CELL, SUM_CELL] : [COUNT_CELL];
    this.#indexes = new Map(cells.map((cell, index) => [cell, index]));
  }

  get size(): number {
    return this.#byLabels.size;
  }

  find(values: readonly string[]): Series | undefined {
    return this.#byValues.get(values) ?? this.#byLabels.get(labelText(this.metric.labels, values));
  }

  has(values: readonly string[]): boolean {
    return this.find(values) !== undefined;
  }

  isShown(values: readonly string[]): boolean {
    return this.find(values)?.isShown ?? false;
  }

  idle(beforeMs: number): Series[] {
    return [...this.#byLabels.values()].filter(({ touchedAtMs }) => touchedAtMs < beforeMs);
  }

  remove(values: readonly string[]): void {
    const series = this.find(values);
    if (series !== undefined) this.#remove(series);
  }

  clear(): void {
    for (const series of this.#byLabels.values()) this.#remove(series);
  }

  /**
   * The series with these label values; a new one is all 0. One that is not shown yet is created at
   * `createdAtMs`.
   */
  at(values: readonly string[], createdAtMs: number | null): Series {
    const series = this.#byValues.get(values) ?? this.#findOrCreate(values);
    if (!series.isShown) series.createdAtMs = createdAtMs;
    return series;
  }

  #findOrCreate(values: readonly string[]): Series {
    const labels = labelText(this.metric.labels, values);
    const known = this.#byLabels.get(labels);
    if (known !== undefined) return known;
    const series: Series = {
      labels,
      values,
      cells: new Array<number>(this.#indexes.size).fill(0),
      touchedAtMs: this.#steady(),
      createdAtMs: null,
      exemplars: null,
      changes: 0,
      isShown: false,
    };
    this.#byLabels.set(labels, series);
    this.#byValues.set(values, series);
    this.#labelsLength += labels.length;
    return series;
  }

  /** From now on the series is shown; one that was only admitted, never stored, is not. */
  add(series: Series, cell: number, amount: number): void {
    if (!series.isShown) {
      series.isShown = true;
      this.#sorted.add(series);
    }
    const index = this.indexOf(cell);
    series.cells[index] = (series.cells[index] ?? 0) + amount;
    series.changes += 1;
  }

  /** Where the cell is in `Series.cells`. */
  indexOf(cell: number): number {
    return this.#indexes.get(cell) ?? this.#indexOfFormer(cell);
  }

  list(): readonly Series[] {
    return this.#sorted.list();
  }

  blocks(): readonly BlockCopy[] {
    return this.#sorted.blocks();
  }

  textLength(): number {
    const linesPerSeries = this.metric.type === 'histogram' ? this.#indexes.size + 1 : 1;
    return linesPerSeries * (this.#labelsLength + this.size * (this.metric.name.length + 32));
  }

  #remove(series: Series): void {
    this.#byLabels.delete(series.labels);
    this.#byValues.delete(series.values);
    if (series.isShown) this.#sorted.remove(series);
    this.#labelsLength -= series.labels.length;
  }

  /** A bucket of earlier bounds counts for the next larger bound, or +Inf, which includes it. */
  #indexOfFormer(bound: number): number {
    const index = this.#bounds.findIndex((each) => bound <= each);
    return index === -1 ? this.#bounds.length : index;
  }
}
