/** GitHub allows far fewer attempts of a run. */
export const ATTEMPTS = 1024;
/** More would not fit into the heap of the thread that reads, which would take the whole process with it. */
export const MOST_RUNS = 500_000;
const FREE = -1;
/** So many places for each attempt, at least. */
const ROOM = 2.5;

/**
 * A set of attempts of runs. Made for millions of look-ups: a `Set` takes several times as long, and as much
 * memory.
 */
export class RunKeys {
  /** Each at the place of its hash or after it. */
  readonly #places: Float64Array;
  /** How far the hash goes to the right. */
  readonly #shift: number;

  /** With room for so many. */
  constructor(most: number) {
    const bits = Math.ceil(Math.log2(ROOM * Math.max(1, most)));
    this.#places = new Float64Array(2 ** bits).fill(FREE);
    this.#shift = 32 - bits;
  }

  /** `key`: the id of the run, times `ATTEMPTS`, and the attempt. Ids are below 2^43 for a long time to come. */
  add(key: number): void {
    this.#places[this.#placeOf(key)] = key;
  }

  has(runId: number, runAttempt: number): boolean {
    const key = runId * ATTEMPTS + runAttempt;
    return this.#places[this.#placeOf(key)] === key;
  }

  /** Where it is, or would be. */
  #placeOf(key: number): number {
    const places = this.#places;
    const mask = places.length - 1;
    // The lowest bits of keys differ most: multiplied by the golden ratio (Knuth), they differ in the highest.
    let place = Math.imul(key | 0, 0x9e3779b1) >>> this.#shift;
    while (places[place] !== key && places[place] !== FREE) place = (place + 1) & mask;
    return place;
  }
}
