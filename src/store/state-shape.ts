import { parseStored } from './stored-json.ts';

/** How a state object lies in a table: a column for each field, named like it in snake case. */
export interface StateShape<State> {
  readonly table: string;
  readonly fields: readonly (keyof State & string)[];
  readonly key: readonly (keyof State & string)[];
  /** Fields kept as text, also as JSON text. All others are whole numbers. */
  readonly texts: readonly (keyof State & string)[];
  /** Fields kept as JSON text. */
  readonly json: readonly (keyof State & string)[];
  /** Fields that are true or false, kept as 1 or 0. */
  readonly flags: readonly (keyof State & string)[];
  /** More columns, to find and to group rows by: what the rules say of the state. */
  readonly derived: Readonly<Record<string, (state: State) => number>>;
}

export type StoredValue = string | number | null;

/** The names of all columns, those of the fields first. */
export function columnsOf<State>({ fields, derived }: StateShape<State>): string[] {
  return [...fields, ...Object.keys(derived)].map(columnOf);
}

export function columnOf(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Gives the values of all columns, in the order of `columnsOf`. */
export function openValues<State>({ fields, derived }: StateShape<State>): (state: State) => StoredValue[] {
  const columns = [
    ...fields.map((field) => (state: State) => storedValue(state[field])),
    ...Object.values(derived),
  ];
  return (state) => columns.map((column) => column(state));
}

function storedValue(value: unknown): StoredValue {
  if (typeof value === 'boolean') return Number(value);
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : (value as StoredValue);
}

/** The state of a row whose columns are named like the fields. Takes the row over. */
export function stateOf<State>(shape: StateShape<State>, row: Record<string, unknown>): State {
  for (const field of shape.json) if (row[field] !== null) row[field] = parseStored(row[field], shape.table);
  for (const field of shape.flags) row[field] = row[field] === 1;
  return row as State;
}
