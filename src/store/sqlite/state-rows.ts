import type { DatabaseSync } from 'node:sqlite';
import { parseStored } from '../stored-json.ts';

/** How a state object lies in a table: a column for each field, named like it in snake case. */
export interface StateShape<State> {
  readonly table: string;
  readonly fields: readonly (keyof State & string)[];
  readonly key: readonly (keyof State & string)[];
  /** Fields kept as JSON text. */
  readonly json: readonly (keyof State & string)[];
  /** Fields that are true or false, kept as 1 or 0. */
  readonly flags: readonly (keyof State & string)[];
  /** More columns, to find and to group rows by: what the rules say of the state. */
  readonly derived: Readonly<Record<string, (state: State) => number>>;
}

type Value = string | number | null;
type Row = Record<string, unknown>;

export interface StateRows<State> {
  /** Inserts the state or replaces the one of the same key. */
  write(state: State): void;
  /** Prepares a query of whole states; `where` is SQL behind FROM. */
  query(where: string): (...values: Value[]) => State[];
}

export function openStateRows<State extends object>(
  database: DatabaseSync,
  shape: StateShape<State>,
): StateRows<State> {
  const columns = [...shape.fields, ...Object.keys(shape.derived)].map(columnOf);
  const derive = Object.values(shape.derived);
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
    write(state) {
      const values = shape.fields.map((field) => storedValue(state[field]));
      for (const columnValue of derive) values.push(columnValue(state));
      upsert.run(...values);
    },
    query(where) {
      const select = database.prepare(`SELECT ${selected} FROM ${shape.table} ${where}`);
      return (...values) => select.all(...values).map((row) => stateOf(shape, row));
    },
  };
}

function columnOf(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function storedValue(value: unknown): Value {
  if (typeof value === 'boolean') return Number(value);
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : (value as Value);
}

function stateOf<State>(shape: StateShape<State>, row: Row): State {
  for (const field of shape.json) row[field] = parseStored(row[field], shape.table);
  for (const field of shape.flags) row[field] = row[field] === 1;
  return row as State;
}
