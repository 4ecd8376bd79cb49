import type { DatabaseSync } from 'node:sqlite';
import type { ObservationEntry } from '../../domain/contracts.ts';

export interface ObservationTable {
  write(entry: ObservationEntry): void;
  /** In the order in which they were accepted. */
  ofRun(runId: number): ObservationEntry[];
  ofJob(jobId: number): ObservationEntry[];
}

/** The row of a run's own observations: jobs have ids of their own. */
const RUN_ITSELF = 0;

export function openObservationTable(database: DatabaseSync): ObservationTable {
  const insert = database.prepare('INSERT OR REPLACE INTO observations VALUES (?, ?, ?, ?)');
  const ofRun = database.prepare('SELECT entry FROM observations WHERE run_id = ? ORDER BY number');
  const ofJob = database.prepare('SELECT entry FROM observations WHERE job_id = ? ORDER BY number');
  return {
    write(entry) {
      insert.run(entry.runId, entry.jobId ?? RUN_ITSELF, entry.delivery, JSON.stringify(entry));
    },
    ofRun: (runId) => ofRun.all(runId).map(entryOf),
    ofJob: (jobId) => ofJob.all(jobId).map(entryOf),
  };
}

function entryOf(row: Record<string, unknown>): ObservationEntry {
  return JSON.parse(String(row['entry']));
}
