import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { SqlReader, SqlValues } from '../sql-reader.ts';

/** For one question: each statement is prepared once. */
export function openSqlReader(database: DatabaseSync): SqlReader {
  const prepared = new Map<string, StatementSync>();
  const prepare = (sql: string, isArrays: boolean) => {
    const known = prepared.get(sql) ?? database.prepare(sql);
    prepared.set(sql, known);
    known.setReturnArrays(isArrays);
    return known;
  };
  return {
    keys: 'json_each(:keys)',
    rows: <Row>(sql: string, values: SqlValues = {}) => prepare(sql, false).all(values) as Row[],
    arrays: <Row>(sql: string, values: SqlValues = {}) =>
      prepare(sql, true).all(values) as Iterable<unknown> as Row[],
  };
}
