/**
 * A value for each pair of names, by their numbers as in text columns. Those are small, so that arrays find a
 * million of them faster than maps do.
 */
export class ByNames<Value> {
  readonly #create: (first: number, second: number) => Value;
  readonly #values: Value[][] = [];
  readonly #all: Value[] = [];

  /** `create` makes the value of a pair that is new. */
  constructor(create: (first: number, second: number) => Value) {
    this.#create = create;
  }

  /** Names have positive numbers, words negative ones; both are never in the same column. */
  of(first: number, second: number): Value {
    const at = Math.abs(first);
    const ofFirst = this.#values[at] ?? [];
    this.#values[at] = ofFirst;
    const known = ofFirst[second];
    if (known !== undefined) return known;
    const created = this.#create(first, second);
    ofFirst[second] = created;
    this.#all.push(created);
    return created;
  }

  /** In the order in which they were made. */
  all(): readonly Value[] {
    return this.#all;
  }
}
