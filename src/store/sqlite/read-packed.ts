import type { DatabaseSync } from 'node:sqlite';
import type { FactKind, NumberColumn, TextColumn, Window } from '../../domain/queries.ts';
import { type PackedFilter, runKey } from './fact-filters.ts';
import { FACT_TABLES, type FactColumn } from './fact-tables.ts';
import { HOUR_MS, hourOf } from './packed-hours.ts';

type Column = NumberColumn | TextColumn;
/** A part of a window: an hour that is packed, or a time that is not. */
export type Part = Window & { readonly packed: PackedHour | null };

interface PackedHour {
  readonly hour: number;
  readonly size: number;
}

export interface PackedBatch {
  readonly size: number;
  readonly columns: readonly Column[];
}

export interface PackedFacts {
  /** The whole window in order, cut where packed hours begin and end. */
  partsOf(window: Window): Iterable<Part>;
  /** Those columns of an hour's facts that are in the window and fit. */
  read(
    part: Part & { readonly packed: PackedHour },
    names: readonly string[],
    filter: PackedFilter,
  ): PackedBatch;
}

export function openPackedFacts(database: DatabaseSync, kind: FactKind): PackedFacts {
  const { table, time, columns } = FACT_TABLES[kind];
  const shapes: ReadonlyMap<string, FactColumn> = new Map(Object.entries(columns));
  const timeName = [...shapes].find(([, { sql }]) => sql === `fact.${time}`)?.[0] ?? time;
  const hours = database.prepare(
    'SELECT hour, size FROM packed_hours WHERE fact = ? AND hour >= ? AND hour < ? AND size > 0 ORDER BY hour',
  );
  const packed = database.prepare(
    'SELECT packed FROM packed_columns WHERE fact = ? AND name = ? AND hour = ?',
  );

  function columnOf(hour: number, name: string): Column {
    const row = packed.get(table, name, hour);
    // A migration that adds a column deletes what is packed.
    if (row === undefined) throw new Error(`Hour ${hour} of ${table} has no ${name}.`);
    // In a buffer of its own, so that numbers in it are aligned.
    const { buffer: bytes } = row['packed'] as Uint8Array<ArrayBuffer>;
    return shapes.get(name)?.holds === 'number' ? new Float64Array(bytes) : new Int32Array(bytes);
  }

  return {
    *partsOf({ fromMs, toMs }) {
      let startMs = fromMs;
      for (const { hour, size } of hours.all(table, hourOf(fromMs), Math.ceil(toMs / HOUR_MS))) {
        const beginMs = Math.max(fromMs, Number(hour) * HOUR_MS);
        const endMs = Math.min(toMs, (Number(hour) + 1) * HOUR_MS);
        if (beginMs > startMs) yield { fromMs: startMs, toMs: beginMs, packed: null };
        yield { fromMs: beginMs, toMs: endMs, packed: { hour: Number(hour), size: Number(size) } };
        startMs = endMs;
      }
      if (startMs < toMs) yield { fromMs: startMs, toMs, packed: null };
    },
    read({ packed: { hour, size }, fromMs, toMs }, names, { ids, runs }) {
      const isWhole = fromMs === hour * HOUR_MS && toMs === (hour + 1) * HOUR_MS;
      const all = names.map((name) => columnOf(hour, name));
      if (isWhole && ids.size === 0 && runs === null) return { size, columns: all };
      const tests: Test[] = Array.from(ids, ([name, wanted]) => isAmong(columnOf(hour, name), wanted));
      if (!isWhole) tests.push(isWithin(columnOf(hour, timeName), fromMs, toMs));
      if (runs !== null) tests.push(isOfRun(columnOf(hour, 'runId'), columnOf(hour, 'runAttempt'), runs));
      const rows: number[] = [];
      for (let row = 0; row < size; row += 1) if (tests.every((test) => test(row))) rows.push(row);
      return { size: rows.length, columns: all.map((column) => picked(column, rows)) };
    },
  };
}

/** Whether a row fits. */
type Test = (row: number) => boolean;

function isAmong(column: Column, wanted: ReadonlySet<number>): Test {
  return (row) => wanted.has(column[row] ?? 0);
}

function isWithin(times: Column, fromMs: number, toMs: number): Test {
  return (row) => (times[row] ?? 0) >= fromMs && (times[row] ?? 0) < toMs;
}

function isOfRun(runIds: Column, attempts: Column, wanted: ReadonlySet<number>): Test {
  return (row) => wanted.has(runKey(runIds[row] ?? 0, attempts[row] ?? 0));
}

function picked(column: Column, rows: readonly number[]): Column {
  const result = column instanceof Float64Array ? new Float64Array(rows.length) : new Int32Array(rows.length);
  rows.forEach((row, index) => {
    result[index] = column[row] ?? 0;
  });
  return result;
}
