import type { DatabaseSync } from 'node:sqlite';
import type { ObservationEntry } from '../../domain/explanation.ts';
import { entriesOf, type ObservationRow, packEntry, RUN_ITSELF } from '../observation-entry.ts';

export interface ObservationTable {
  /** Puts it behind all others. */
  write(entry: ObservationEntry): void;
  /** In the order of receipt; what came in the same moment, as it was processed. */
  ofRun(runId: number): ObservationEntry[];
  ofJob(jobId: number): ObservationEntry[];
}

/** Must not look at every row. The second condition of a job is that of its index. */
export const LOOKUPS = {
  ofRun: 'SELECT * FROM observations WHERE run_id = ? ORDER BY number',
  ofJob: 'SELECT * FROM observations WHERE job_id = ? AND job_id <> 0 ORDER BY number',
} as const;

export function openObservationTable(database: DatabaseSync): ObservationTable {
  const insert = database.prepare('INSERT INTO observations (run_id, job_id, entry) VALUES (?, ?, ?)');
  const ofRun = database.prepare(LOOKUPS.ofRun);
  const ofJob = database.prepare(LOOKUPS.ofJob);
  return {
    write(entry) {
      insert.run(entry.runId, entry.jobId ?? RUN_ITSELF, packEntry(entry));
    },
    ofRun: (runId) => entriesOf(ofRun.all(runId) as unknown as ObservationRow[]),
    ofJob: (jobId) => entriesOf(ofJob.all(jobId) as unknown as ObservationRow[]),
  };
}
