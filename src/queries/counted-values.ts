import { nearestIndex } from '../domain/nearest-rank.ts';

/**
 * Many values of which few differ, as GitHub's times are whole seconds: takes as much memory as there are
 * different ones.
 */
export class CountedValues {
  readonly #counts = new Map<number, number>();
  #size = 0;

  /** Answers whether no value before was the same. */
  add(value: number): boolean {
    const before = this.#counts.get(value);
    this.#counts.set(value, (before ?? 0) + 1);
    this.#size += 1;
    return before === undefined;
  }

  /** The same as `nearestRank` of all values; NaN of none. */
  rank(p: number): number {
    let left = nearestIndex(this.#size, p);
    for (const [value, count] of this.#ascending()) {
      if (left < count) return value;
      left -= count;
    }
    return Number.NaN;
  }

  /** All of them, ascending. */
  values(): Float64Array {
    return Float64Array.from(this.#ascending().flatMap(([value, count]) => Array<number>(count).fill(value)));
  }

  #ascending(): [value: number, count: number][] {
    return [...this.#counts].sort(([a], [b]) => a - b);
  }
}
