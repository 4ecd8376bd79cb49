import { columnOf, columnsOf, openValues, type StateShape, stateOf } from '../state-shape.ts';
import type { Session } from './session.ts';
import { type Statement, statement } from './statement.ts';

/** Reads and writes the states of one table. */
export interface StateRows<State> {
  /** Inserts the states, or replaces those of the same keys. Of equal keys, the last stays. */
  write(session: Session, states: readonly State[]): void;
  /** The columns of a state, of the table by that name. */
  readonly selected: string;
  /** A query of whole states; `where` is SQL behind FROM. */
  query(where: string): (session: Session, ...values: unknown[]) => Promise<State[]>;
  /** What a statement that selects `selected` answers. */
  statesOf(session: Session, selection: Statement, values: readonly unknown[]): Promise<State[]>;
}

export function openStateRows<State extends object>(shape: StateShape<State>): StateRows<State> {
  const { table } = shape;
  const upsert = upsertOf(shape);
  const columns = columnsOf(shape);
  const valuesOf = openValues(shape);
  const selected = shape.fields.map((field) => `${table}.${columnOf(field)} AS "${field}"`).join(', ');
  const statesOf: StateRows<State>['statesOf'] = async (session, selection, values) =>
    (await session.rows<Record<string, unknown>>(selection, values)).map((row) => stateOf(shape, row));
  return {
    selected,
    statesOf,
    write(session, states) {
      if (states.length === 0) return;
      const rows = lastOfEach(states, shape.key).map(valuesOf);
      session.send(
        upsert,
        columns.map((_, index) => rows.map((row) => row[index])),
      );
    },
    query(where) {
      const select = statement(`SELECT ${selected} FROM ${table} ${where}`);
      return (session, ...values) => statesOf(session, select, values);
    },
  };
}

function upsertOf<State>(shape: StateShape<State>): Statement {
  const columns = columnsOf(shape);
  const key = shape.key.map(columnOf);
  const texts = new Set(shape.texts.map(columnOf));
  const updates = columns
    .filter((column) => !key.includes(column))
    .map((column) => `${column} = excluded.${column}`);
  return statement(
    `INSERT INTO ${shape.table} (${columns.join(', ')})
     SELECT * FROM unnest(${columns.map((column, index) => `$${index + 1}::${texts.has(column) ? 'text' : 'bigint'}[]`).join(', ')})
     ON CONFLICT (${key.join(', ')}) DO UPDATE SET ${updates.join(', ')}`,
  );
}

/** A statement can't change a row twice. */
function lastOfEach<State>(states: readonly State[], key: readonly (keyof State & string)[]): State[] {
  const last = new Map(states.map((state) => [key.map((field) => state[field]).join(' '), state]));
  return [...last.values()];
}
