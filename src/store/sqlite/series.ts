import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Increment, StoredCell } from '../../domain/metric.ts';
import { parseStored } from '../stored-json.ts';

type CellRow = readonly [
  id: number,
  metric: string,
  labels: string,
  createdAtMs: number | null,
  cell: number,
  value: number,
];

/** The stored numbers. Every method runs inside of the caller's transaction. */
export class SeriesTable {
  readonly #find: StatementSync;
  readonly #insert: StatementSync;
  readonly #addToCell: StatementSync;
  readonly #all: StatementSync;
  readonly #removeCells: StatementSync;
  readonly #removeSeries: StatementSync;
  readonly #idByKey = new Map<string, number>();
  /** By the list itself, which the increments of a series share: it saves making the key again. */
  #lastByLabels = new WeakMap<readonly string[], { readonly metric: string; readonly id: number }>();

  constructor(database: DatabaseSync) {
    this.#find = database.prepare('SELECT id FROM series WHERE metric = ? AND labels = ?');
    this.#insert = database.prepare(
      'INSERT INTO series (metric, labels, created_at_ms) VALUES (?, ?, ?) RETURNING id',
    );
    this.#addToCell = database.prepare(
      `INSERT INTO cells (series_id, cell, value) VALUES (?, ?, ?)
       ON CONFLICT (series_id, cell) DO UPDATE SET value = value + excluded.value`,
    );
    this.#all = database.prepare(
      'SELECT id, metric, labels, created_at_ms, cell, value FROM series JOIN cells ON series_id = id ORDER BY metric, labels',
    );
    this.#all.setReturnArrays(true);
    this.#removeCells = database.prepare('DELETE FROM cells WHERE series_id = ?');
    this.#removeSeries = database.prepare('DELETE FROM series WHERE id = ?');
  }

  /** Series that are new are created at `nowMs`. */
  add(increments: readonly Increment[], nowMs: number): void {
    for (const increment of increments)
      this.#addToCell.run(this.#idOf(increment, nowMs), increment.cell, increment.delta);
  }

  /** The cells of a series follow one another, and share their labels. */
  read(): StoredCell[] {
    let seriesId: number | null = null;
    let labels: readonly string[] = [];
    return (this.#all.all() as unknown as CellRow[]).map(([id, metric, json, createdAtMs, cell, value]) => {
      if (id !== seriesId) labels = parseStored<string[]>(json, 'series');
      seriesId = id;
      return { metric, labels, cell, value, createdAtMs };
    });
  }

  remove(series: readonly Pick<Increment, 'metric' | 'labels'>[]): void {
    for (const each of series) {
      const id = this.#idOf(each, null);
      this.#removeCells.run(id);
      this.#removeSeries.run(id);
    }
    this.forgetRows();
  }

  /** To be called when a transaction is undone: rows it made are gone. */
  forgetRows(): void {
    this.#idByKey.clear();
    this.#lastByLabels = new WeakMap();
  }

  #idOf({ metric, labels }: Pick<Increment, 'metric' | 'labels'>, nowMs: number | null): number {
    const last = this.#lastByLabels.get(labels);
    if (last?.metric === metric) return last.id;
    const id = this.#findOrInsert(metric, labels, nowMs);
    this.#lastByLabels.set(labels, { metric, id });
    return id;
  }

  #findOrInsert(metric: string, labels: readonly string[], nowMs: number | null): number {
    const key = `${metric}\0${labels.join('\0')}`;
    const cached = this.#idByKey.get(key);
    if (cached !== undefined) return cached;
    const json = JSON.stringify(labels);
    const row = this.#find.get(metric, json) ?? this.#insert.get(metric, json, nowMs);
    const id = Number(row?.['id']);
    this.#idByKey.set(key, id);
    return id;
  }
}
