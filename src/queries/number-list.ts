const FIRST_SIZE = 64;

/** Numbers in the order in which they are added: 8 bytes each. An array of millions takes more, and longer. */
export class NumberList {
  #numbers = new Float64Array(FIRST_SIZE);
  #size = 0;

  add(number: number): void {
    if (this.#size === this.#numbers.length) {
      const more = new Float64Array(2 * this.#size);
      more.set(this.#numbers);
      this.#numbers = more;
    }
    this.#numbers[this.#size] = number;
    this.#size += 1;
  }

  /** Those so far, without a copy. */
  get numbers(): Float64Array {
    return this.#numbers.subarray(0, this.#size);
  }
}

/** All of them one after the other. */
export function joined(lists: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(lists.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const list of lists) {
    all.set(list, at);
    at += list.length;
  }
  return all;
}
