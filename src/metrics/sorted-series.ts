import type { Exemplar } from '../domain/exemplar.ts';

/** The largest block of a list: inserting into a short array is cheap. */
const BLOCK_LIMIT = 512;

/** One label set of a stored metric. */
export interface Series {
  /** As `labelText` writes it. */
  readonly labels: string;
  /**
   * A counter's single value; or a histogram's buckets (not cumulative) in ascending order, +Inf, and the
   * sum.
   */
  readonly cells: number[];
  /** The values behind `labels`. */
  readonly values: readonly string[];
  /** When it was last incremented, in ms since the epoch. */
  touchedAtMs: number;
  /** When it was first stored; null: unknown. */
  createdAtMs: number | null;
  /** By the index in `cells`; null: none was noted yet. */
  exemplars: (HeldExemplar | undefined)[] | null;
  /** Whether it was ever incremented: until then it is only reserved. */
  isShown: boolean;
}

/** The exemplar that a bucket of a series shows. */
export interface HeldExemplar {
  exemplar: Exemplar;
  readonly series: Series;
  /** Of the bucket in `Series.cells`. */
  readonly index: number;
  notedAtMs: number;
  /** When it was last put at the end of the order. */
  placedAtMs: number;
  /** As it is written; null: it was not shown yet. */
  text: string | null;
}

/**
 * Series, always in the order of their label text; adding one takes about a microsecond, however many there
 * are.
 */
export class SortedSeries {
  /** Only the first may be empty. */
  readonly #blocks: Series[][] = [[]];

  add(series: Series): void {
    const index = Math.max(
      0,
      insertionIndex(series.labels, this.#blocks, (block) => block[0]?.labels ?? '') - 1,
    );
    const block = this.#blocks[index] ?? [];
    block.splice(
      insertionIndex(series.labels, block, (each) => each.labels),
      0,
      series,
    );
    if (block.length > BLOCK_LIMIT) this.#blocks.splice(index + 1, 0, block.splice(BLOCK_LIMIT / 2));
  }

  remove(series: Series): void {
    const index = Math.max(
      0,
      insertionIndex(series.labels, this.#blocks, (block) => block[0]?.labels ?? '') - 1,
    );
    const block = this.#blocks[index] ?? [];
    const position = block.indexOf(series);
    if (position !== -1) block.splice(position, 1);
    if (block.length === 0 && this.#blocks.length > 1) this.#blocks.splice(index, 1);
  }

  /** All of them as of now; the list does not change later. */
  list(): readonly Series[] {
    return this.#blocks.flat();
  }
}

/** The index of the first in `sorted` whose label text comes after `labels`. */
function insertionIndex<T>(labels: string, sorted: readonly T[], labelsOf: (each: T) => string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (labelsOf(sorted[middle] as T) <= labels) low = middle + 1;
    else high = middle;
  }
  return low;
}
