/** Numbers up to three of which belong together. */
const WIDTH = 3;
const FIRST_SIZE = 1024;

/**
 * Gives each different tuple of whole numbers below 2^31 a small number of its own, from 0 on. Made for
 * millions of look-ups: maps in maps take several times as long.
 */
export class TupleIds {
  /** The tuples one after the other. */
  #tuples = new Int32Array(WIDTH * FIRST_SIZE);
  /** Where a tuple's hash leads: its number and one, or 0. Twice as many places as tuples at least. */
  #places = new Int32Array(4 * FIRST_SIZE);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  idOf(first: number, second = 0, third = 0): number {
    const mask = this.#places.length - 1;
    let place = hashOf(first, second, third) & mask;
    for (;;) {
      const id = (this.#places[place] ?? 0) - 1;
      if (id < 0) return this.#add(place, first, second, third);
      const at = WIDTH * id;
      if (this.#tuples[at] === first && this.#tuples[at + 1] === second && this.#tuples[at + 2] === third)
        return id;
      place = (place + 1) & mask;
    }
  }

  tupleOf(id: number): readonly [first: number, second: number, third: number] {
    const [first = 0, second = 0, third = 0] = this.#tuples.subarray(WIDTH * id, WIDTH * (id + 1));
    return [first, second, third];
  }

  #add(place: number, first: number, second: number, third: number): number {
    const id = this.#size;
    this.#size += 1;
    this.#places[place] = this.#size;
    this.#tuples.set([first, second, third], WIDTH * id);
    if (WIDTH * this.#size === this.#tuples.length) this.#grow();
    return id;
  }

  #grow(): void {
    const tuples = new Int32Array(2 * this.#tuples.length);
    tuples.set(this.#tuples);
    this.#tuples = tuples;
    this.#places = new Int32Array(2 * this.#places.length);
    const mask = this.#places.length - 1;
    for (let id = 0; id < this.#size; id += 1) {
      let place = hashOf(...this.tupleOf(id)) & mask;
      while (this.#places[place] !== 0) place = (place + 1) & mask;
      this.#places[place] = id + 1;
    }
  }
}

/** Mixes all bits of all three (the constants of MurmurHash3). */
function hashOf(first: number, second: number, third: number): number {
  let hash = Math.imul(first, 0xcc9e2d51) ^ Math.imul(second, 0x1b873593) ^ Math.imul(third, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 16), 0xc2b2ae35);
  return hash ^ (hash >>> 13);
}
