import type { DatabaseSync } from 'node:sqlite';
import type { JobNumber } from '../../domain/job-number.ts';

/** What jobs handed in. Every method runs inside of the caller's transaction. */
export interface JobNumberTable {
  /** Puts these in place of what their series held. */
  write(numbers: readonly JobNumber[]): void;
  read(): JobNumber[];
  remove(series: readonly { readonly metric: string; readonly labels: readonly string[] }[]): void;
}

export function openJobNumberTable(database: DatabaseSync): JobNumberTable {
  const put = database.prepare('INSERT OR REPLACE INTO job_numbers VALUES (?, ?, ?, ?)');
  const all = database.prepare('SELECT metric, labels, value, at_ms FROM job_numbers');
  const remove = database.prepare('DELETE FROM job_numbers WHERE metric = ? AND labels = ?');
  return {
    write(numbers) {
      for (const { metric, labels, value, atMs } of numbers)
        put.run(metric, JSON.stringify(labels), value, atMs);
    },
    read() {
      return Array.from(all.iterate(), (row) => ({
        metric: String(row['metric']),
        labels: JSON.parse(String(row['labels'])),
        value: Number(row['value']),
        atMs: Number(row['at_ms']),
      }));
    },
    remove(series) {
      for (const { metric, labels } of series) remove.run(metric, JSON.stringify(labels));
    },
  };
}
