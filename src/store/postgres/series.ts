import { IncrementSums, type StoredCell } from '../../domain/metric.ts';
import { parseStored } from '../stored-json.ts';
import { type NumberChanges, type PackedExemplar, packedExemplar } from './change-entry.ts';
import type { NewCells } from './change-log.ts';
import type { Begun } from './head.ts';
import type { NewSeries, SeriesIds } from './series-ids.ts';
import type { Session } from './session.ts';
import { statement } from './statement.ts';

const INSERT = statement(
  `INSERT INTO series (id, metric, labels, created_at_ms)
   SELECT id, metric, labels, $4 FROM unnest($1::bigint[], $2::text[], $3::text[]) AS new (id, metric, labels)`,
);
const ADD = statement(
  `INSERT INTO cells AS cell (series_id, cell, value)
   SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[])
   ON CONFLICT (series_id, cell) DO UPDATE SET value = cell.value + excluded.value`,
);
const REMOVE_CELLS = statement('DELETE FROM cells WHERE series_id = ANY ($1::bigint[])');
const REMOVE = statement('DELETE FROM series WHERE id = ANY ($1::bigint[])');
const ALL = statement(
  `SELECT id, metric, labels, created_at_ms AS "createdAtMs", cell, value
   FROM series LEFT JOIN cells ON series_id = id ORDER BY metric, labels`,
);

interface CellRow {
  readonly id: number;
  readonly metric: string;
  readonly labels: string;
  readonly createdAtMs: number | null;
  readonly cell: number | null;
  readonly value: number | null;
}

/** The stored numbers. */
export class SeriesTable {
  readonly #ids: SeriesIds;

  constructor(ids: SeriesIds) {
    this.#ids = ids;
  }

  /** Sends what is added and deleted; answers the cells. Series that are new are created now. */
  add(session: Session, { increments, removed }: NumberChanges, { head, nowMs }: Begun): NewCells {
    const created = new Map<string, NewSeries>();
    const cells: number[] = [];
    const exemplars: PackedExemplar[] = [];
    for (const { metric, labels, cell, delta, exemplar } of summed(increments)) {
      let id = this.#ids.find({ metric, labels });
      if (id === undefined) {
        const key = JSON.stringify([metric, labels]);
        const known = created.get(key);
        id = known?.[0] ?? head.nextSeriesId++;
        if (known === undefined) created.set(key, [id, metric, labels, nowMs]);
      }
      if (exemplar !== undefined) exemplars.push(packedExemplar(cells.length / 3, exemplar));
      cells.push(id, cell, delta);
    }
    const series = [...created.values()];
    this.#send(session, series, cells, nowMs);
    this.#remove(session, removed);
    return { series, cells, exemplars };
  }

  #send(session: Session, series: readonly NewSeries[], cells: readonly number[], nowMs: number): void {
    if (series.length > 0) {
      const labels = series.map((each) => JSON.stringify(each[2]));
      session.send(INSERT, [series.map(([id]) => id), series.map(([, metric]) => metric), labels, nowMs]);
    }
    const column = (at: number) => cells.filter((_, index) => index % 3 === at);
    if (cells.length > 0) session.send(ADD, [column(0), column(1), column(2)]);
  }

  #remove(session: Session, removed: NumberChanges['removed']): void {
    const ids = removed.flatMap((each) => this.#ids.find(each) ?? []);
    if (ids.length === 0) return;
    session.send(REMOVE_CELLS, [ids]);
    session.send(REMOVE, [ids]);
  }

  /** All of them; from then on their ids are known. */
  async read(session: Session): Promise<StoredCell[]> {
    const rows = await session.rows<CellRow>(ALL);
    this.#ids.clear();
    const cells: StoredCell[] = [];
    let last: CellRow | null = null;
    let labels: readonly string[] = [];
    for (const row of rows) {
      const { id, metric, createdAtMs, cell, value } = row;
      if (last?.id !== id) {
        labels = parseStored<string[]>(row.labels, 'series');
        this.#ids.add([id, metric, labels, createdAtMs]);
        last = row;
      }
      if (cell !== null && value !== null) cells.push({ metric, labels, cell, value, createdAtMs });
    }
    return cells;
  }
}

/** Each cell once: a statement can't change a row twice. */
function summed(increments: NumberChanges['increments']): NumberChanges['increments'] {
  const sums = new IncrementSums();
  sums.add(increments);
  return sums.take();
}
