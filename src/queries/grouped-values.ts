import { NumberList } from './number-list.ts';

const FIRST_SIZE = 4096;

/**
 * Collects values, each of a group, and answers those of one group. Groups are small whole numbers. Takes 12
 * bytes a value, and as much again once the first group is asked for.
 */
export class GroupedValues {
  #groups = new Int32Array(FIRST_SIZE);
  readonly #values = new NumberList();
  #size = 0;
  #sorted: { readonly values: Float64Array; readonly starts: Int32Array } | null = null;

  /** Not after `of` was called. */
  add(group: number, value: number): void {
    if (this.#size === this.#groups.length) this.#grow();
    this.#groups[this.#size] = group;
    this.#values.add(value);
    this.#size += 1;
  }

  /** The values of a group in the order in which they were added. The array may be sorted. */
  of(group: number): Float64Array {
    this.#sorted ??= this.#byGroup();
    const { values, starts } = this.#sorted;
    return values.subarray(starts[group] ?? values.length, starts[group + 1] ?? values.length);
  }

  #byGroup() {
    const most = this.#groups.subarray(0, this.#size).reduce((max, group) => Math.max(max, group), -1);
    // At first how many values the group before has, then where each group begins.
    const starts = new Int32Array(most + 2);
    for (let at = 0; at < this.#size; at += 1)
      starts[(this.#groups[at] ?? 0) + 1] = (starts[(this.#groups[at] ?? 0) + 1] ?? 0) + 1;
    for (let group = 1; group < starts.length; group += 1)
      starts[group] = (starts[group] ?? 0) + (starts[group - 1] ?? 0);
    const added = this.#values.numbers;
    const values = new Float64Array(this.#size);
    const next = starts.slice();
    for (let at = 0; at < this.#size; at += 1) {
      const group = this.#groups[at] ?? 0;
      const place = next[group] ?? 0;
      values[place] = added[at] ?? 0;
      next[group] = place + 1;
    }
    return { values, starts };
  }

  #grow(): void {
    const groups = new Int32Array(2 * this.#groups.length);
    groups.set(this.#groups);
    this.#groups = groups;
  }
}
