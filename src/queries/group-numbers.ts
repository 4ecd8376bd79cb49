const FIRST_SIZE = 1024;

/** One number for each group, at first 0. Groups are small whole numbers: by far quicker than objects. */
export class GroupNumbers {
  #numbers = new Float64Array(FIRST_SIZE);

  add(group: number, more: number): void {
    this.set(group, this.of(group) + more);
  }

  set(group: number, number: number): void {
    if (group >= this.#numbers.length) {
      const numbers = new Float64Array(2 * Math.max(group, this.#numbers.length));
      numbers.set(this.#numbers);
      this.#numbers = numbers;
    }
    this.#numbers[group] = number;
  }

  of(group: number): number {
    // Never beyond the end: where that may happen, the engine makes objects of numbers.
    return group < this.#numbers.length ? (this.#numbers[group] ?? 0) : 0;
  }
}
