import type { Batch, FactColumns, FactKind, ReadFacts } from '../../domain/queries.ts';
import { FACT_TABLES, type FactColumn } from '../fact-tables.ts';
import type { Conditions } from '../job-filters.ts';
import type { ConditionsOf, SqlReader } from '../sql-reader.ts';

/**
 * So many rows are looked at in one go, so that no statement takes long. All that happened in the same millisecond is
 * in one batch.
 */
const ROWS = 8192;

export interface FactParts {
  readonly sql: SqlReader;
  readonly conditionsOf: ConditionsOf;
  readonly wordId: (word: string) => number;
  /** Called between two batches. May throw. */
  readonly giveWay: () => Promise<void>;
}

type Value = string | number | null;
/** Where the next batch begins, and what is in this one: of each column, all values. Null: none. */
type Answer = readonly [endMs: number, size: number, ...values: (readonly Value[] | null)[]];

/** Prepares the readings of facts of one kind. */
export function openReadFacts<Kind extends FactKind>(
  kind: Kind,
  { sql, conditionsOf, wordId, giveWay }: FactParts,
): ReadFacts<FactColumns[Kind]> {
  return async function* read({ fromMs, toMs }, filters, names) {
    const conditions = await conditionsOf(kind, filters);
    if (conditions === null) return;
    const shapes = names.map((name) => FACT_TABLES[kind].columns[name]);
    const select = selectOf(kind, shapes, conditions);
    const readFrom = async (startMs: number) => {
      const [answer] = await sql.arrays<Answer>(select, { ...conditions.values, fromMs: startMs, toMs });
      if (answer === undefined) throw new Error('An aggregate has no row.');
      return answer;
    };
    for (let next = fromMs < toMs ? readFrom(fromMs) : null; next !== null; ) {
      const [endMs, size, ...values] = await next;
      // The database goes on while this batch is looked at.
      next = endMs < toMs ? readFrom(endMs) : null;
      next?.catch(() => undefined);
      const columns = names.map((name, at) => [name, columnOf(values[at] ?? [], shapes[at], wordId)]);
      if (size > 0)
        yield { size, ...Object.fromEntries(columns) } as Batch<FactColumns[Kind], (typeof names)[number]>;
      await giveWay();
    }
  };
}

/**
 * Each column is one value, a JSON array: a row for each fact would take five times as long to read. Facts are in the
 * order of the primary key.
 */
function selectOf(kind: FactKind, shapes: readonly FactColumn[], conditions: Conditions): string {
  const { table, time } = FACT_TABLES[kind];
  const key = kind === 'finishedRuns' ? `${time}, run_id, run_attempt, conclusion` : `${time}, job_id`;
  const end = 'COALESCE((SELECT at_ms + 1 FROM edge), :toMs)';
  return `WITH edge AS (
      SELECT ${time} AS at_ms FROM ${table} WHERE ${time} >= :fromMs AND ${time} < :toMs
      ORDER BY ${time} LIMIT 1 OFFSET ${ROWS}
    )
    SELECT ${[end, 'COUNT(*)', ...shapes.map((_, at) => `json_agg(column${at})`)].join(', ')}
    FROM (
      SELECT ${shapes.map((shape, at) => `${shape.sql} AS column${at}`).join(', ')}
      FROM ${table} AS fact WHERE ${time} >= :fromMs AND ${time} < ${end} AND ${conditions.sql}
      ORDER BY ${key}
    ) AS found`;
}

/** Of names and words, their numbers. */
function columnOf(
  values: readonly Value[],
  shape: FactColumn | undefined,
  wordId: (word: string) => number,
): Float64Array | Int32Array {
  const isNumber = shape?.holds === 'number';
  const column = isNumber ? new Float64Array(values.length) : new Int32Array(values.length);
  const none = isNumber ? Number.NaN : 0;
  for (const [index, value] of values.entries())
    column[index] = typeof value === 'string' ? wordId(value) : (value ?? none);
  return column;
}
