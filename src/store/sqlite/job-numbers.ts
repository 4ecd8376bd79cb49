import type { DatabaseSync } from 'node:sqlite';
import { isJobCounter } from '../../domain/job-numbers.ts';
import type { JobNumber } from '../../domain/observation.ts';
import { parseStored } from '../stored-json.ts';

/** What jobs pushed. Every method runs inside the caller's transaction. */
export interface JobNumberTable {
  /** Adds to counters; of a gauge the latest is kept. */
  add(numbers: readonly JobNumber[]): void;
  read(): JobNumber[];
  remove(series: readonly { readonly metric: string; readonly labels: readonly string[] }[]): void;
}

export function openJobNumberTable(database: DatabaseSync): JobNumberTable {
  const count = database.prepare(
    `INSERT INTO job_numbers VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET value = value + excluded.value, at_ms = MAX(at_ms, excluded.at_ms)`,
  );
  const put = database.prepare(
    `INSERT INTO job_numbers VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET value = excluded.value, at_ms = excluded.at_ms WHERE excluded.at_ms >= at_ms`,
  );
  const all = database.prepare('SELECT metric, labels, value, at_ms FROM job_numbers');
  const remove = database.prepare('DELETE FROM job_numbers WHERE metric = ? AND labels = ?');
  return {
    add(numbers) {
      for (const { metric, labels, value, atMs } of numbers)
        (isJobCounter(metric) ? count : put).run(metric, JSON.stringify(labels), value, atMs);
    },
    read() {
      return Array.from(all.iterate(), (row) => ({
        metric: String(row['metric']),
        labels: parseStored<string[]>(row['labels'], 'job_numbers'),
        value: Number(row['value']),
        atMs: Number(row['at_ms']),
      }));
    },
    remove(series) {
      for (const { metric, labels } of series) remove.run(metric, JSON.stringify(labels));
    },
  };
}
