import type { DatabaseSync } from 'node:sqlite';
import type { Increment, StoredCell } from '../../domain/metric.ts';
import { parseStored } from './store-error.ts';

/** The stored numbers. Every method runs inside of the caller's transaction. */
export interface SeriesTable {
  /** Series that are new are created at `nowMs`. */
  add(increments: readonly Increment[], nowMs: number): void;
  read(): StoredCell[];
  remove(series: readonly { readonly metric: string; readonly labels: readonly string[] }[]): void;
  /** To be called when a transaction is undone: rows it made are gone. */
  forgetRows(): void;
}

export function openSeriesTable(database: DatabaseSync): SeriesTable {
  const find = database.prepare('SELECT id FROM series WHERE metric = ? AND labels = ?');
  const insert = database.prepare(
    'INSERT INTO series (metric, labels, created_at_ms) VALUES (?, ?, ?) RETURNING id',
  );
  const addToCell = database.prepare(
    `INSERT INTO cells (series_id, cell, value) VALUES (?, ?, ?)
     ON CONFLICT (series_id, cell) DO UPDATE SET value = value + excluded.value`,
  );
  const all = database.prepare(
    'SELECT metric, labels, cell, value, created_at_ms FROM series JOIN cells ON series_id = id ORDER BY metric, labels',
  );
  const removeCells = database.prepare('DELETE FROM cells WHERE series_id = ?');
  const removeSeries = database.prepare('DELETE FROM series WHERE id = ?');
  const idByKey = new Map<string, number>();
  /** By the list itself, which the increments of a series share: it saves making the key again. */
  let lastByLabels = new WeakMap<readonly string[], { readonly metric: string; readonly id: number }>();

  function idOf({ metric, labels }: Pick<Increment, 'metric' | 'labels'>, nowMs: number | null): number {
    const last = lastByLabels.get(labels);
    if (last?.metric === metric) return last.id;
    const id = findOrInsert(metric, labels, nowMs);
    lastByLabels.set(labels, { metric, id });
    return id;
  }

  function findOrInsert(metric: string, labels: readonly string[], nowMs: number | null): number {
    const key = `${metric}\0${labels.join('\0')}`;
    const cached = idByKey.get(key);
    if (cached !== undefined) return cached;
    const json = JSON.stringify(labels);
    const row = find.get(metric, json) ?? insert.get(metric, json, nowMs);
    const id = Number(row?.['id']);
    idByKey.set(key, id);
    return id;
  }

  return {
    add(increments, nowMs) {
      for (const increment of increments)
        addToCell.run(idOf(increment, nowMs), increment.cell, increment.delta);
    },
    read() {
      return Array.from(all.iterate(), (row) => ({
        metric: String(row['metric']),
        labels: parseStored<string[]>(row['labels'], 'series'),
        cell: Number(row['cell']),
        value: Number(row['value']),
        createdAtMs: row['created_at_ms'] === null ? null : Number(row['created_at_ms']),
      }));
    },
    remove(series) {
      for (const each of series) {
        const id = idOf(each, null);
        removeCells.run(id);
        removeSeries.run(id);
      }
      forgetRows();
    },
    forgetRows,
  };

  function forgetRows(): void {
    idByKey.clear();
    lastByLabels = new WeakMap();
  }
}
