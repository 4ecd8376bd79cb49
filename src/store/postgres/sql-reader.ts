import type { SqlReader, SqlValues } from '../sql-reader.ts';
import type { Session } from './session.ts';
import type { Statement } from './statement.ts';

/** Reads what SQL of both databases selects, with the session's transaction. */
export function openSqlReader(session: Session): SqlReader {
  return {
    keys: 'json_array_elements(CAST(:keys AS JSON))',
    rows: (sql, values = {}) => session.rows(...bound(sql, values)),
    arrays: (sql, values = {}) => session.arrays(...bound(sql, values)),
  };
}

/** A parameter, not a cast as in `1::bigint`. */
const PARAMETER = /(?<!:):([a-z]\w*)/gi;

/**
 * The statement with numbers in place of names. It has no name of its own: there are as many as there are questions,
 * and a connection would keep all of them.
 */
function bound(sql: string, values: SqlValues): [Statement, (string | number)[]] {
  const numbers = new Map(Object.keys(values).map((name, index) => [name, index + 1]));
  const text = sql.replace(PARAMETER, (_, name: string) => `$${numbers.get(name)}`);
  return [{ name: '', text }, Object.values(values).map(storable)];
}

/** PostgreSQL has no text with a NUL character, not even to compare with: what is stored has this one in its place. */
export function storable<Value>(value: Value): Value | string {
  return typeof value === 'string' ? value.replaceAll('\0', '\uFFFD') : value;
}
