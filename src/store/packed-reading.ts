import type { Window } from '../domain/queries.ts';
import { HOUR_MS } from './hours.ts';
import type { PackedFilter } from './packed-filter.ts';
import { unpackValues } from './packed-values.ts';
import { RowSelection, rowsBefore, type WantedIds, wantedIds } from './row-selection.ts';

type Numbers = Float64Array<ArrayBuffer>;
type Ids = Int32Array<ArrayBuffer>;
type Column = Numbers | Ids;

/** The part of an hour that is asked for, and how many facts the whole hour has. Without any, it may be longer. */
export interface PackedHour extends Window {
  readonly hour: number;
  readonly size: number;
}

/** What is packed of one kind of facts. */
export interface PackedSource {
  /** In a buffer of its own. */
  bytesOf(name: string, hour: number): Uint8Array<ArrayBuffer>;
  /** Of the column by which facts are ordered. */
  readonly timeName: string;
  /** Whether it has numbers, and not those of names. */
  isNumber(name: string): boolean;
}

/**
 * Reads columns of packed hours. All are unpacked into the same few arrays, and their bytes are given back at
 * once: those of a month would lie around until the heap is cleaned.
 */
export class PackedReading implements Disposable {
  readonly #source: PackedSource;
  readonly #names: readonly string[];
  readonly #filter: PackedFilter;
  readonly #wanted: readonly (readonly [name: string, wanted: WantedIds])[];
  readonly #arrays = new Map<string, Column>();
  readonly #rows = new RowSelection();

  constructor(source: PackedSource, names: readonly string[], filter: PackedFilter) {
    this.#source = source;
    this.#names = names;
    this.#filter = filter;
    this.#wanted = Array.from(filter.ids, ([name, ids]) => [name, wantedIds(ids)] as const);
  }

  /** The facts of the hours that are in the window and fit. The next call overwrites them. */
  read(hours: readonly PackedHour[]): { readonly size: number; readonly columns: readonly Column[] } {
    const room = hours.reduce((sum, { size }) => sum + size, 0);
    let size = 0;
    for (const hour of hours) if (hour.size > 0) size += this.#readHour(hour, { at: size, room });
    return { size, columns: this.#names.map((name) => this.#arrayOf(name, room).subarray(0, size)) };
  }

  [Symbol.dispose](): void {
    for (const array of this.#arrays.values()) giveBack(array);
  }

  /** Puts what fits behind what is there. Answers how much that is. */
  #readHour(hour: PackedHour, place: { readonly at: number; readonly room: number }): number {
    const unpacked = new Map<string, Column>();
    const columnOf = (name: string) => {
      const column = unpacked.get(name) ?? this.#unpack(name, hour, place);
      unpacked.set(name, column);
      return column;
    };
    const isNarrow = this.#narrow(hour, columnOf);
    const size = isNarrow ? this.#rows.size : hour.size;
    if (size === 0) return 0;
    for (const name of this.#names) {
      const column = columnOf(name);
      if (isNarrow) this.#rows.gather(column);
    }
    return size;
  }

  /** Finds the rows that fit. False: all do. */
  #narrow({ hour, size, fromMs, toMs }: PackedHour, columnOf: (name: string) => Column): boolean {
    const { runs } = this.#filter;
    const isWhole = fromMs === hour * HOUR_MS && toMs === (hour + 1) * HOUR_MS;
    if (isWhole && this.#wanted.length === 0 && runs === null) return false;
    if (isWhole) this.#rows.begin(0, size);
    else {
      const times = columnOf(this.#source.timeName) as Numbers;
      this.#rows.begin(rowsBefore(times, fromMs), rowsBefore(times, toMs));
    }
    for (const [name, wanted] of this.#wanted)
      if (this.#rows.size > 0) this.#rows.keepIds(columnOf(name) as Ids, wanted);
    if (runs !== null && this.#rows.size > 0)
      this.#rows.keepRuns(columnOf('runId') as Numbers, columnOf('runAttempt') as Numbers, runs);
    return true;
  }

  #unpack(name: string, { hour, size }: PackedHour, place: { readonly at: number; readonly room: number }) {
    const { at, room } = place;
    const array = this.#arrayOf(name, room);
    const bytes = this.#source.bytesOf(name, hour);
    unpackValues(bytes, array, { at, size });
    giveBack(bytes);
    return array.subarray(at, at + size);
  }

  #arrayOf(name: string, room: number): Column {
    const known = this.#arrays.get(name);
    if (known !== undefined && known.length >= room) return known;
    if (known !== undefined) giveBack(known);
    const array = this.#source.isNumber(name) ? new Float64Array(room) : new Int32Array(room);
    this.#arrays.set(name, array);
    return array;
  }
}

/** Frees its memory, before the heap is cleaned the next time. */
function giveBack({ buffer }: { readonly buffer: ArrayBuffer }): void {
  buffer.transfer(0);
}
