import type { Moments } from './moments.ts';

/*
 * How much happened at the same time.
 */

/** What ran in each part of a time: of each row, and of all together in one more row, the last. */
export interface Busy {
  readonly rows: number;
  /** Of one part after the other, each with all its rows. */
  readonly busyMs: Float64Array;
  /** The most at the same time. */
  readonly peaks: Int32Array;
}

/** Which row each group counts in, and how many rows there are. */
export interface Rows {
  readonly ofGroup: ArrayLike<number>;
  readonly count: number;
}

/** Only all together count. */
export const NO_ROWS: Rows = { ofGroup: [], count: 0 };

/** What happens from the first of the edges until before the last. */
export interface Changes {
  readonly starts: Moments;
  readonly ends: Moments;
  /** What runs at the first edge: how many of each row, and all together. */
  readonly running: Int32Array;
  /** Each part is from one of them until before the next. */
  readonly edges: Float64Array;
  readonly rows: Rows;
}

/** How much ran in each part. */
export function countBusy({ starts, ends, running, edges, rows }: Changes): Busy {
  const count = new Count(running, edges.length - 1, rows);
  // What ends where the first part begins does not run in it.
  let [start, end] = [0, 0];
  for (; (ends.atMs[end] as number) <= (edges[0] as number); end += 1)
    count.end(ends.groups[end] as number, 0);
  for (let part = 0; part + 1 < edges.length; part += 1) {
    const edgeMs = edges[part + 1] as number;
    count.beginPart(part, edgeMs - (edges[part] as number));
    for (; start < starts.atMs.length; start += 1) {
      const atMs = starts.atMs[start] as number;
      if (atMs >= edgeMs) break;
      // Of what happens at one moment, ends come first: so no count is one that lasts for no time.
      for (; end < ends.atMs.length && (ends.atMs[end] as number) <= atMs; end += 1)
        count.end(ends.groups[end] as number, edgeMs - (ends.atMs[end] as number));
      count.start(starts.groups[start] as number, edgeMs - atMs);
    }
    for (; end < ends.atMs.length && (ends.atMs[end] as number) <= edgeMs; end += 1)
      count.end(ends.groups[end] as number, edgeMs - (ends.atMs[end] as number));
  }
  return count;
}

class Count implements Busy {
  readonly rows: number;
  readonly busyMs: Float64Array;
  readonly peaks: Int32Array;
  readonly #running: Int32Array;
  readonly #ofGroup: Rows['ofGroup'];
  /** Where the cells of the part begin. */
  #first = 0;

  constructor(running: Int32Array, parts: number, { ofGroup }: Rows) {
    this.rows = running.length;
    this.busyMs = new Float64Array(this.rows * parts);
    this.peaks = new Int32Array(this.rows * parts);
    this.#running = running;
    this.#ofGroup = ofGroup;
  }

  beginPart(part: number, lengthMs: number): void {
    this.#first = part * this.rows;
    for (let row = 0; row < this.rows; row += 1) {
      const running = this.#running[row] as number;
      this.busyMs[this.#first + row] = running * lengthMs;
      this.peaks[this.#first + row] = running;
    }
  }

  /** `leftMs`: until the part is over. */
  start(group: number, leftMs: number): void {
    const row = this.#ofGroup[group];
    if (row !== undefined) this.#start(row, leftMs);
    this.#start(this.rows - 1, leftMs);
  }

  end(group: number, leftMs: number): void {
    const row = this.#ofGroup[group];
    if (row !== undefined) this.#end(row, leftMs);
    this.#end(this.rows - 1, leftMs);
  }

  #start(row: number, leftMs: number): void {
    const running = (this.#running[row] as number) + 1;
    const cell = this.#first + row;
    this.#running[row] = running;
    this.busyMs[cell] = (this.busyMs[cell] as number) + leftMs;
    if (running > (this.peaks[cell] as number)) this.peaks[cell] = running;
  }

  #end(row: number, leftMs: number): void {
    const cell = this.#first + row;
    this.#running[row] = (this.#running[row] as number) - 1;
    this.busyMs[cell] = (this.busyMs[cell] as number) - leftMs;
  }
}
