import type { DatabaseSync } from 'node:sqlite';
import type { FactKind } from '../../domain/queries.ts';
import { columnOf, FACT_TABLES, type FactColumn, type Row } from '../fact-tables.ts';
import { HOUR_MS, hourOf } from '../hours.ts';
import { packValues } from '../packed-values.ts';
import type { Names } from './names.ts';

/*
 * The history once more, an hour of a column in one value: reading a million facts row by row takes too long.
 * The tables of facts are the truth. A fact that is added to an hour that is packed makes it stale, in the same
 * transaction.
 */

/** Every method runs inside of the caller's transaction. */
export interface PackedHours {
  /** To be called for each fact that is added. */
  note(kind: FactKind, timeMs: number): void;
  /** Packs hours that ended before `beforeMs`, until so many facts are packed. Answers whether that was all. */
  pack(beforeMs: number, facts: number): boolean;
  /** Facts before that time are about to be deleted. */
  forget(beforeMs: number): void;
}

const KINDS = Object.keys(FACT_TABLES) as readonly FactKind[];

export function openPackedHours(database: DatabaseSync, names: Names): PackedHours {
  const packers = new Map(KINDS.map((kind) => [kind, openPacker(database, kind, names)]));
  const columns = database.prepare('DELETE FROM packed_columns WHERE fact = ? AND name = ? AND hour <= ?');
  const hours = database.prepare('DELETE FROM packed_hours WHERE fact = ? AND hour <= ?');
  return {
    note: (kind, timeMs) => packers.get(kind)?.note(timeMs),
    pack(beforeMs, facts) {
      let left = facts;
      for (const packer of packers.values()) {
        while (left > 0) {
          const packed = packer.packNext(beforeMs);
          if (packed === null) break;
          left -= packed;
        }
      }
      return left > 0;
    },
    forget(beforeMs) {
      for (const { table, columns: each } of Object.values(FACT_TABLES)) {
        if (hours.run(table, hourOf(beforeMs)).changes === 0) continue;
        for (const name of Object.keys(each)) columns.run(table, name, hourOf(beforeMs));
      }
    },
  };
}

function openPacker(database: DatabaseSync, kind: FactKind, names: Names) {
  const { table, time, columns } = FACT_TABLES[kind];
  const shapes: readonly (readonly [string, FactColumn])[] = Object.entries(columns);
  const stale = database.prepare(
    'SELECT hour FROM packed_hours WHERE fact = ? AND hour < ? AND size IS NULL ORDER BY hour LIMIT 1',
  );
  const next = database.prepare(
    `SELECT ${time} AS time FROM ${table} WHERE ${time} >= ? ORDER BY ${time} LIMIT 1`,
  );
  const facts = database.prepare(
    `SELECT ${shapes.map(([, { sql }]) => sql).join(', ')} FROM ${table} AS fact
     WHERE ${time} >= ? AND ${time} < ? ORDER BY ${time}`,
  );
  facts.setReturnArrays(true);
  const setHour = database.prepare('INSERT OR REPLACE INTO packed_hours VALUES (?, ?, ?)');
  const setColumn = database.prepare('INSERT OR REPLACE INTO packed_columns VALUES (?, ?, ?, ?)');
  const last = database.prepare('SELECT MAX(hour) AS hour FROM packed_hours WHERE fact = ?').get(table)?.[
    'hour'
  ];
  /** From this hour on, none is packed. Too late is harmless: then an hour is called stale that is not packed. */
  let unpackedHour = typeof last === 'number' ? last + 1 : 0;

  function nextHour(beforeHour: number): number | null {
    const staleHour = stale.get(table, beforeHour)?.['hour'];
    if (typeof staleHour === 'number') return staleHour;
    const time = next.get(unpackedHour * HOUR_MS)?.['time'];
    return typeof time === 'number' && hourOf(time) < beforeHour ? hourOf(time) : null;
  }

  return {
    note(timeMs: number): void {
      if (hourOf(timeMs) < unpackedHour) setHour.run(table, hourOf(timeMs), null);
    },
    /** How many facts the next hour has; null: all are packed. */
    packNext(beforeMs: number): number | null {
      const hour = nextHour(hourOf(beforeMs));
      if (hour === null) return null;
      const rows = facts.all(hour * HOUR_MS, (hour + 1) * HOUR_MS) as unknown as Row[];
      shapes.forEach(([name, { holds }], at) => {
        const values = columnOf(rows, at, { holds, wordId: names.idOf });
        setColumn.run(table, name, hour, packValues(Float64Array.from(values)));
      });
      setHour.run(table, hour, rows.length);
      unpackedHour = Math.max(unpackedHour, hour + 1);
      return rows.length;
    },
  };
}
