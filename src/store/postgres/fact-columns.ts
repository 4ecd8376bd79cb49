import type { FactKind } from '../../domain/queries.ts';
import { FACT_TABLES, type FactColumn } from '../fact-tables.ts';

export type Value = string | number | null;
/** Of a column, all values; null: there are none. */
export type Values = readonly Value[] | null;

/**
 * How many facts fit, and each column as one value, a JSON array: a row for each fact would take five times as long to
 * read. Facts are in the order of the primary key.
 */
export function columnsSql(kind: FactKind, shapes: readonly FactColumn[], condition: string): string {
  const { table, time } = FACT_TABLES[kind];
  const key = kind === 'finishedRuns' ? `${time}, run_id, run_attempt, conclusion` : `${time}, job_id`;
  return `SELECT ${['COUNT(*)', ...shapes.map((_, at) => `json_agg(column${at})`)].join(', ')}
    FROM (
      SELECT ${shapes.map((shape, at) => `${shape.sql} AS column${at}`).join(', ')}
      FROM ${table} AS fact WHERE ${condition} ORDER BY ${key}
    ) AS found`;
}

/** Of names and words, their numbers. */
export function columnOf(
  values: Values,
  { holds }: FactColumn,
  wordId: (word: string) => number,
): Float64Array | Int32Array {
  const size = values?.length ?? 0;
  const column = holds === 'number' ? new Float64Array(size) : new Int32Array(size);
  const none = holds === 'number' ? Number.NaN : 0;
  for (const [index, value] of values?.entries() ?? [])
    column[index] = typeof value === 'string' ? wordId(value) : (value ?? none);
  return column;
}
