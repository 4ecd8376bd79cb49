import { LONGEST_RUN_MS } from '../domain/forgetting.ts';
import type { Window } from '../domain/queries.ts';
import { type Busy, countBusy, NO_ROWS, type Rows } from './busy.ts';
import { isAscending, MomentSorter } from './moments.ts';

const FIRST_SIZE = 1024;

/**
 * Collects the parts of intervals that are in the window: each from a time until before another, and of a group,
 * which is a small whole number.
 */
export class Intervals {
  readonly #window: Window;
  #starts = new Float64Array(FIRST_SIZE);
  #ends = new Float64Array(FIRST_SIZE);
  #groups = new Int32Array(FIRST_SIZE);
  #size = 0;
  /** How many of them began before a piece that is counted. */
  #left = 0;
  readonly #sortStarts = new MomentSorter();
  readonly #sortEnds = new MomentSorter();

  constructor(window: Window) {
    this.#window = window;
  }

  /** Answers how long it is. NaN, which means that a time is not known, adds nothing. */
  add(startMs: number, endMs: number, group = 0): number {
    const { fromMs, toMs } = this.#window;
    const start = Math.max(startMs, fromMs);
    const end = Math.min(endMs, toMs);
    if (!(end > start)) return 0;
    if (this.#size === this.#groups.length) this.#grow();
    this.#put(start, end, group);
    return end - start;
  }

  /**
   * What ran in each part, from one of the edges until before the next. Then forgets what did not run before
   * the first: so a long time can be counted piece by piece, the latest first, with few intervals in memory.
   * All that ran in a piece must have been added by then.
   */
  countBack(edges: Float64Array, rows: Rows = NO_ROWS): Busy {
    const piece = { fromMs: edges[0] as number, toMs: edges.at(-1) as number };
    const running = this.#runningAt(piece.fromMs, rows);
    const [size, groups] = [this.#size, this.#groups];
    const all = { atMs: this.#starts.subarray(0, size), groups };
    const starts = this.#sortStarts.sorted(all, piece);
    // What is left of later pieces ends in none of this one.
    const added = { atMs: this.#ends.subarray(this.#left, size), groups: groups.subarray(this.#left, size) };
    const ends = isAscending(added.atMs) ? added : this.#sortEnds.sorted(added, piece);
    const busy = countBusy({ starts, ends, running, edges, rows });
    this.#leaveBefore(piece.fromMs);
    return busy;
  }

  /** Of each row, and all together: without what begins there. */
  #runningAt(atMs: number, { ofGroup, count }: Rows): Int32Array {
    const running = new Int32Array(count + 1);
    for (let at = 0; at < this.#size; at += 1) {
      if ((this.#starts[at] as number) >= atMs) continue;
      running[count] = (running[count] as number) + 1;
      const row = ofGroup[this.#groups[at] as number];
      if (row !== undefined) running[row] = (running[row] as number) + 1;
    }
    return running;
  }

  #leaveBefore(atMs: number): void {
    const size = this.#size;
    this.#size = 0;
    for (let at = 0; at < size; at += 1) {
      const start = this.#starts[at] as number;
      if (start < atMs) this.#put(start, this.#ends[at] as number, this.#groups[at] as number);
    }
    this.#left = this.#size;
  }

  #put(start: number, end: number, group: number): void {
    this.#starts[this.#size] = start;
    this.#ends[this.#size] = end;
    this.#groups[this.#size] = group;
    this.#size += 1;
  }

  #grow(): void {
    this.#starts = longer(this.#starts, new Float64Array(2 * this.#size));
    this.#ends = longer(this.#ends, new Float64Array(2 * this.#size));
    this.#groups = longer(this.#groups, new Int32Array(2 * this.#size));
  }
}

function longer<Numbers extends Float64Array | Int32Array>(from: Numbers, to: Numbers): Numbers {
  to.set(from);
  return to;
}

/** A piece of a window that is counted piece by piece. */
export interface Piece {
  /** So many parts come before it. */
  readonly first: number;
  readonly edges: Float64Array;
  /** When jobs started or ended that waited or ran in it, and in no later piece. */
  readonly facts: Window;
}

const PIECES = 8;
const DAY_MS = 24 * 3_600_000;

/** A window that is cut at edges, in pieces for `countBack`. */
export function* piecesBack(edges: Float64Array, { toMs }: Window): Generator<Piece> {
  const parts = edges.length - 1;
  const lengthMs = (edges[parts] as number) - (edges[0] as number);
  const size = Math.ceil(parts / Math.max(1, Math.min(PIECES, Math.floor(lengthMs / DAY_MS))));
  for (let last = parts; last > 0; last -= size) {
    const first = Math.max(0, last - size);
    // What waited or ran in the window may have started or ended after it.
    const factsToMs = last === parts ? toMs + LONGEST_RUN_MS : (edges[last] as number);
    const facts = { fromMs: edges[first] as number, toMs: factsToMs };
    yield { first, edges: edges.subarray(first, last + 1), facts };
  }
}
