import type { DatabaseSync } from 'node:sqlite';
import {
  columnOf,
  columnsOf,
  openValues,
  type StateShape,
  type StoredValue,
  stateOf,
} from '../state-shape.ts';

export interface StateRows<State> {
  /** Inserts the state or replaces the one of the same key. */
  write(state: State): void;
  /** Prepares a query of whole states; `where` is SQL behind FROM. */
  query(where: string): (...values: StoredValue[]) => State[];
}

export function openStateRows<State extends object>(
  database: DatabaseSync,
  shape: StateShape<State>,
): StateRows<State> {
  const columns = columnsOf(shape);
  const valuesOf = openValues(shape);
  const key = shape.key.map(columnOf);
  const updates = columns
    .filter((column) => !key.includes(column))
    .map((column) => `${column} = excluded.${column}`);
  const upsert = database.prepare(
    `INSERT INTO ${shape.table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})
     ON CONFLICT (${key.join(', ')}) DO UPDATE SET ${updates.join(', ')}`,
  );
  const selected = shape.fields.map((field) => `${columnOf(field)} AS ${field}`).join(', ');
  return {
    write: (state) => void upsert.run(...valuesOf(state)),
    query(where) {
      const select = database.prepare(`SELECT ${selected} FROM ${shape.table} ${where}`);
      return (...values) => select.all(...values).map((row) => stateOf(shape, row));
    },
  };
}
