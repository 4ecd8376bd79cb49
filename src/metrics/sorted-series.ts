import type { Exemplar } from '../domain/exemplar.ts';

/** The largest block of a list: inserting into a short array is cheap, and what is made of a short one is soon made. */
const BLOCK_LIMIT = 64;

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
  /** How often it has changed: of what is shown, all but its labels. */
  changes: number;
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

/** Series that are next to one another in the order. */
export interface SeriesBlock {
  readonly series: Series[];
  /** How often series came or went. */
  moves: number;
}

/** The series of a block as of some moment. */
export interface BlockCopy {
  readonly block: SeriesBlock;
  readonly moves: number;
  readonly series: readonly Series[];
}

/**
 * Series, always in the order of their label text; adding one takes about a microsecond, however many there
 * are.
 */
export class SortedSeries {
  /** Only the first may be empty. */
  readonly #blocks: SeriesBlock[] = [{ series: [], moves: 0 }];

  add(series: Series): void {
    const index = this.#indexFor(series);
    const block = this.#blocks[index] as SeriesBlock;
    block.moves += 1;
    block.series.splice(
      insertionIndex(series.labels, block.series, (each) => each.labels),
      0,
      series,
    );
    if (block.series.length <= BLOCK_LIMIT) return;
    this.#blocks.splice(index + 1, 0, { series: block.series.splice(BLOCK_LIMIT / 2), moves: 0 });
  }

  remove(series: Series): void {
    const index = this.#indexFor(series);
    const block = this.#blocks[index] as SeriesBlock;
    const position = block.series.indexOf(series);
    if (position === -1) return;
    block.moves += 1;
    block.series.splice(position, 1);
    if (block.series.length === 0 && this.#blocks.length > 1) this.#blocks.splice(index, 1);
  }

  /** All of them as of now; the list does not change later. */
  list(): readonly Series[] {
    return this.#blocks.flatMap(({ series }) => series);
  }

  /** The same, in blocks. */
  blocks(): readonly BlockCopy[] {
    return this.#blocks.map((block) => ({ block, moves: block.moves, series: [...block.series] }));
  }

  #indexFor({ labels }: Series): number {
    const after = insertionIndex(labels, this.#blocks, ({ series }) => series[0]?.labels ?? '');
    return Math.max(0, after - 1);
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
