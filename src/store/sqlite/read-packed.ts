import type { DatabaseSync } from 'node:sqlite';
import type { FactKind, Window } from '../../domain/queries.ts';
import { FACT_TABLES } from '../fact-tables.ts';
import type { PackedFilter } from './packed-filter.ts';
import { HOUR_MS, hourOf } from './packed-hours.ts';
import { type PackedHour, PackedReading } from './packed-reading.ts';

/** A batch has so many facts of packed hours at most, or those of one hour. */
const ROWS = 8192;

/** A part of a window: hours that are packed, or a time that is not. */
export type Part = Window & { readonly packed: readonly PackedHour[] | null };

export interface PackedFacts {
  /** The whole window in order, cut where packed hours begin and end. */
  partsOf(window: Window): Iterable<Part>;
  /** For those columns of facts that fit. To be disposed after the last batch. */
  open(names: readonly string[], filter: PackedFilter): PackedReading;
}

export function openPackedFacts(database: DatabaseSync, kind: FactKind): PackedFacts {
  const { table, time, columns } = FACT_TABLES[kind];
  const shapes = new Map(Object.entries(columns));
  const timeName = [...shapes].find(([, { sql }]) => sql === `fact.${time}`)?.[0] ?? time;
  const hours = database.prepare(
    'SELECT hour, size FROM packed_hours WHERE fact = ? AND hour >= ? AND hour < ? AND size > 0 ORDER BY hour',
  );
  hours.setReturnArrays(true);
  const select = database.prepare(
    'SELECT packed FROM packed_columns WHERE fact = ? AND name = ? AND hour = ?',
  );
  select.setReturnArrays(true);

  function bytesOf(name: string, hour: number): Uint8Array<ArrayBuffer> {
    const row = select.get(table, name, hour) as unknown as [Uint8Array<ArrayBuffer>] | undefined;
    // A migration that adds a column deletes what is packed.
    if (row === undefined) throw new Error(`Hour ${hour} of ${table} has no ${name}.`);
    return row[0];
  }

  function hoursIn(window: Window): PackedHour[] {
    const found = hours.all(table, hourOf(window.fromMs), Math.ceil(window.toMs / HOUR_MS));
    return (found as unknown as readonly [number, number][]).map(([hour, size]) => {
      const fromMs = Math.max(window.fromMs, hour * HOUR_MS);
      const toMs = Math.min(window.toMs, (hour + 1) * HOUR_MS);
      return { fromMs, toMs, hour, size };
    });
  }

  return {
    *partsOf(window) {
      let startMs = window.fromMs;
      for (const packed of inBatches(hoursIn(window))) {
        const fromMs = packed[0]?.fromMs ?? startMs;
        const toMs = packed.at(-1)?.toMs ?? fromMs;
        if (fromMs > startMs) yield { fromMs: startMs, toMs: fromMs, packed: null };
        yield { fromMs, toMs, packed };
        startMs = toMs;
      }
      if (startMs < window.toMs) yield { fromMs: startMs, toMs: window.toMs, packed: null };
    },
    open: (names, filter) =>
      new PackedReading(
        { bytesOf, timeName, isNumber: (name) => shapes.get(name)?.holds === 'number' },
        names,
        filter,
      ),
  };
}

/** Hours that follow each other without a gap. */
function* inBatches(hours: readonly PackedHour[]): Generator<readonly PackedHour[]> {
  let batch: PackedHour[] = [];
  let rows = 0;
  for (const hour of hours) {
    const { fromMs, size } = hour;
    const follows = batch.at(-1)?.toMs === fromMs;
    if (batch.length > 0 && (!follows || rows + size > ROWS)) {
      yield batch;
      batch = [];
      rows = 0;
    }
    batch.push(hour);
    rows += size;
  }
  if (batch.length > 0) yield batch;
}
