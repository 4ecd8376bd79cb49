import type { TextColumn } from '../domain/queries.ts';

/** Numbers up to three of which belong together. */
const WIDTH = 3;
const FIRST_SIZE = 1024;
/** A slot holds a tuple, and its number and one, together: one look at the memory finds all. */
const SLOT = 4;

/**
 * Gives each different tuple of whole numbers below 2^31 a small number of its own, from 0 on. Made for
 * millions of look-ups: maps in maps take several times as long.
 */
export class TupleIds {
  /** The tuples one after the other. */
  #tuples = new Int32Array(WIDTH * FIRST_SIZE);
  /** By hash. The last number of an empty one is 0. Twice as many as tuples at least. */
  #slots = new Int32Array(2 * SLOT * FIRST_SIZE);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Of as many rows: what is in the same row of the columns is a tuple. */
  idsOf(size: number, first: TextColumn, second?: TextColumn, third?: TextColumn): Int32Array {
    const ids = new Int32Array(size);
    for (let row = 0; row < size; row += 1)
      ids[row] = this.idOf(first[row] ?? 0, second?.[row] ?? 0, third?.[row] ?? 0);
    return ids;
  }

  idOf(first: number, second = 0, third = 0): number {
    const slots = this.#slots;
    const mask = slots.length - SLOT;
    let at = SLOT * hashOf(first, second, third);
    for (;;) {
      at &= mask;
      const next = slots[at + WIDTH] ?? 0;
      if (next === 0) return this.#add(at, first, second, third);
      if (slots[at] === first && slots[at + 1] === second && slots[at + 2] === third) return next - 1;
      at += SLOT;
    }
  }

  tupleOf(id: number): readonly [first: number, second: number, third: number] {
    const at = WIDTH * id;
    return [this.#tuples[at] ?? 0, this.#tuples[at + 1] ?? 0, this.#tuples[at + 2] ?? 0];
  }

  /** All that are in any tuple. */
  numbers(): ReadonlySet<number> {
    return new Set(this.#tuples.subarray(0, WIDTH * this.#size));
  }

  #add(at: number, first: number, second: number, third: number): number {
    const id = this.#size;
    this.#size += 1;
    put(this.#tuples, WIDTH * id, first, second, third);
    put(this.#slots, at, first, second, third);
    this.#slots[at + WIDTH] = this.#size;
    if (WIDTH * this.#size === this.#tuples.length) this.#grow();
    return id;
  }

  #grow(): void {
    const tuples = this.#tuples;
    this.#tuples = new Int32Array(2 * tuples.length);
    this.#slots = new Int32Array(2 * this.#slots.length);
    this.#size = 0;
    for (let at = 0; at < tuples.length; at += WIDTH)
      this.idOf(tuples[at] ?? 0, tuples[at + 1], tuples[at + 2]);
  }
}

function put(numbers: Int32Array, at: number, first: number, second: number, third: number): void {
  numbers[at] = first;
  numbers[at + 1] = second;
  numbers[at + 2] = third;
}

/** Mixes all bits of all three (the constants of MurmurHash3). */
function hashOf(first: number, second: number, third: number): number {
  let hash = Math.imul(first, 0xcc9e2d51) ^ Math.imul(second, 0x1b873593) ^ Math.imul(third, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 16), 0xc2b2ae35);
  return hash ^ (hash >>> 13);
}
