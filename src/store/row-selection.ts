import type { RunKeys } from './run-keys.ts';

/*
 * The rows of an hour that fit, narrowed down by one filter after the other. Written for millions of rows: no
 * closure for each, and each loop sees arrays of one kind only.
 */

/** Rows in ascending order. */
export class RowSelection {
  #rows = new Int32Array();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** From the first row until before the last. */
  begin(firstRow: number, lastRow: number): void {
    this.#size = Math.max(0, lastRow - firstRow);
    if (this.#rows.length < this.#size) this.#rows = new Int32Array(this.#size);
    for (let index = 0; index < this.#size; index += 1) this.#rows[index] = firstRow + index;
  }

  keepIds(ids: Int32Array, { least, isWanted }: WantedIds): void {
    const rows = this.#rows;
    let kept = 0;
    for (let index = 0; index < this.#size; index += 1) {
      const row = rows[index] as number;
      if (isWanted[(ids[row] as number) - least] !== 1) continue;
      rows[kept] = row;
      kept += 1;
    }
    this.#size = kept;
  }

  keepRuns(runIds: Float64Array, attempts: Float64Array, wanted: RunKeys): void {
    const rows = this.#rows;
    let kept = 0;
    for (let index = 0; index < this.#size; index += 1) {
      const row = rows[index] as number;
      if (!wanted.has(runIds[row] as number, attempts[row] as number)) continue;
      rows[kept] = row;
      kept += 1;
    }
    this.#size = kept;
  }

  /** Moves the values of these rows to the beginning. */
  gather(column: Float64Array | Int32Array): void {
    if (column instanceof Int32Array) gatherIds(column, this.#rows, this.#size);
    else gatherNumbers(column, this.#rows, this.#size);
  }
}

function gatherIds(column: Int32Array, rows: Int32Array, size: number): void {
  for (let index = 0; index < size; index += 1) column[index] = column[rows[index] as number] as number;
}

function gatherNumbers(column: Float64Array, rows: Int32Array, size: number): void {
  for (let index = 0; index < size; index += 1) column[index] = column[rows[index] as number] as number;
}

/** How many of the ascending times are before that one. */
export function rowsBefore(times: Float64Array, timeMs: number): number {
  const found = times.findIndex((time) => time >= timeMs);
  return found < 0 ? times.length : found;
}

/** Ids that fit. */
export interface WantedIds {
  readonly least: number;
  /** 1 for each that fits, from the least on. */
  readonly isWanted: Uint8Array;
}

export function wantedIds(ids: ReadonlySet<number>): WantedIds {
  let [least, highest] = [0, 0];
  for (const id of ids) [least, highest] = [Math.min(least, id), Math.max(highest, id)];
  const isWanted = new Uint8Array(highest - least + 1);
  for (const id of ids) isWanted[id - least] = 1;
  return { least, isWanted };
}
