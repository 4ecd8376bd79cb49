import type { DatabaseSync } from 'node:sqlite';
import type { FactKind, Window } from '../../domain/queries.ts';
import { FACT_TABLES, timeNameOf } from '../fact-tables.ts';
import { HOUR_MS, hourOf } from '../hours.ts';
import type { PackedFilter } from '../packed-filter.ts';
import { type PackedHour, PackedReading } from '../packed-reading.ts';

export interface PackedFacts {
  /** The parts of packed hours that are in the window, in order. */
  hoursIn(window: Window): PackedHour[];
  /** For those columns of facts that fit. To be disposed after the last batch. */
  open(names: readonly string[], filter: PackedFilter): PackedReading;
}

export function openPackedFacts(database: DatabaseSync, kind: FactKind): PackedFacts {
  const { table, columns } = FACT_TABLES[kind];
  const shapes = new Map(Object.entries(columns));
  const timeName = timeNameOf(kind);
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

  return {
    hoursIn(window) {
      const found = hours.all(table, hourOf(window.fromMs), Math.ceil(window.toMs / HOUR_MS));
      return (found as unknown as readonly [number, number][]).map(([hour, size]) => {
        const fromMs = Math.max(window.fromMs, hour * HOUR_MS);
        const toMs = Math.min(window.toMs, (hour + 1) * HOUR_MS);
        return { fromMs, toMs, hour, size };
      });
    },
    open: (names, filter) =>
      new PackedReading(
        { bytesOf, timeName, isNumber: (name) => shapes.get(name)?.holds === 'number' },
        names,
        filter,
      ),
  };
}
