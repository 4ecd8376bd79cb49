import type { DatabaseSync } from 'node:sqlite';
import type { Batch, FactColumns, FactKind, ReadFacts, Window } from '../../domain/queries.ts';
import { factConditions } from '../fact-filters.ts';
import { columnOf, FACT_TABLES, type FactColumn, type Row } from '../fact-tables.ts';
import type { Conditions } from '../job-filters.ts';
import { type PackedFilterParts, packedFilter } from '../packed-filter.ts';
import { partsOf } from '../packed-parts.ts';
import { openPackedFacts } from './read-packed.ts';

/**
 * So many rows are looked at in one go, so that no statement takes long. All that happened in the same
 * millisecond is in one batch.
 */
const ROWS = 4096;

export interface FactParts extends PackedFilterParts {
  /** Called between two batches. May throw. */
  readonly giveWay: () => Promise<void>;
}

/** Prepares the readings of facts of one kind. */
export function openReadFacts<Kind extends FactKind>(
  database: DatabaseSync,
  kind: Kind,
  parts: FactParts,
): ReadFacts<FactColumns[Kind]> {
  const { table, time, columns } = FACT_TABLES[kind];
  const packedFacts = openPackedFacts(database, kind);
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

  function* rowsOf(window: Window, names: readonly string[], conditions: Conditions) {
    const shapes = names.map((name) => shapeOf(columns, name));
    const select = database.prepare(
      `SELECT ${shapes.map(({ sql }) => sql).join(', ')} FROM ${table} AS fact
       WHERE ${time} >= :fromMs AND ${time} < :toMs AND ${conditions.sql} ORDER BY ${time}`,
    );
    select.setReturnArrays(true);
    for (const slice of slicesOf(window)) {
      const rows = select.all({ ...conditions.values, ...slice }) as unknown as Row[];
      const filled = shapes.map(({ holds }, at) => columnOf(rows, at, { holds, wordId: parts.wordId }));
      yield { size: rows.length, columns: filled };
    }
  }

  return async function* read(window, filters, names) {
    const conditions = factConditions(kind, filters, parts);
    if (conditions === null) return;
    const filter = await packedFilter(kind, filters, parts);
    using packedReading = filter === null ? null : packedFacts.open(names, filter);
    for (const part of partsOf(window, filter === null ? [] : packedFacts.hoursIn(window))) {
      const { packed } = part;
      const batches =
        packed === null || packedReading === null
          ? rowsOf(part, names, conditions)
          : [packedReading.read(packed)];
      for (const { size, columns: filled } of batches) {
        if (size > 0)
          yield {
            size,
            ...Object.fromEntries(names.map((name, at) => [name, filled[at]])),
          } as unknown as Batch<FactColumns[Kind], (typeof names)[number]>;
        await parts.giveWay();
      }
    }
  };
}

function shapeOf(columns: Readonly<Record<string, FactColumn>>, name: string): FactColumn {
  const shape = columns[name];
  if (shape === undefined) throw new Error(`There is no column ${name}.`);
  return shape;
}
