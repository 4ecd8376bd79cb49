import type { DatabaseSync } from 'node:sqlite';
import type { Batch, FactColumns, FactKind, ReadFacts, Window } from '../../domain/queries.ts';
import { type FilterParts, factConditions } from './fact-filters.ts';
import { FACT_TABLES } from './fact-tables.ts';

/**
 * So many rows are looked at in one go, so that no statement takes long. All that happened in the same
 * millisecond is in one batch.
 */
const ROWS = 4096;

/**
 * Prepares the readings of facts of one kind. `giveWay` is called between two batches, and may throw.
 */
export function openReadFacts<Kind extends FactKind>(
  database: DatabaseSync,
  kind: Kind,
  { giveWay, ...parts }: FilterParts & { readonly giveWay: () => Promise<void> },
): ReadFacts<FactColumns[Kind]> {
  const { table, time, columns } = FACT_TABLES[kind];
  const edge = database.prepare(
    `SELECT ${time} AS edge FROM ${table} WHERE ${time} >= ? AND ${time} < ? ORDER BY ${time} LIMIT 1 OFFSET ${ROWS}`,
  );

  function* slicesOf({ fromMs, toMs }: Window): Generator<Window> {
    for (let startMs = fromMs; startMs < toMs; ) {
      const found = edge.get(startMs, toMs)?.['edge'];
      const endMs = typeof found === 'number' ? found + 1 : toMs;
      yield { fromMs: startMs, toMs: endMs };
      startMs = endMs;
    }
  }

  return async function* read(window, filters, names) {
    const conditions = factConditions(kind, filters, parts);
    if (conditions === null) return;
    const shapes = names.map((name) => columns[name]);
    const select = database.prepare(
      `SELECT ${shapes.map(({ sql }) => sql).join(', ')} FROM ${table} AS fact
       WHERE ${time} >= :fromMs AND ${time} < :toMs AND ${conditions.sql} ORDER BY ${time}`,
    );
    select.setReturnArrays(true);
    for (const slice of slicesOf(window)) {
      const rows = select.all({ ...conditions.values, ...slice }) as unknown as Row[];
      if (rows.length > 0) {
        const filled = shapes.map(({ holds }, at) => filledColumn(rows, at, holds, parts.textIds.wordId));
        yield Object.assign(
          { size: rows.length },
          Object.fromEntries(names.map((name, at) => [name, filled[at]])),
        ) as Batch<FactColumns[Kind], (typeof names)[number]>;
      }
      await giveWay();
    }
  };
}

type Row = readonly (string | number | null)[];

function filledColumn(
  rows: readonly Row[],
  at: number,
  holds: 'number' | 'name' | 'word',
  wordId: (word: string) => number,
): Float64Array {
  const column = new Float64Array(rows.length);
  const none = holds === 'number' ? Number.NaN : 0;
  rows.forEach((row, index) => {
    const value = row[at] ?? none;
    column[index] = typeof value === 'string' ? wordId(value) : value;
  });
  return column;
}
