import type { DatabaseSync } from 'node:sqlite';
import type { ObservationEntry } from '../../domain/explanation.ts';
import { entriesOf, type ObservationRow, packEntry, RUN_ITSELF } from '../observation-entry.ts';

export interface ObservationTable {
  /** Puts it behind the others of its run or job. */
  write(entry: ObservationEntry): void;
  /** In the order of receipt; what came in the same moment, as it was processed. */
  ofRun(runId: number): ObservationEntry[];
  ofJob(jobId: number): ObservationEntry[];
}

export function openObservationTable(database: DatabaseSync): ObservationTable {
  const insert = database.prepare(
    `INSERT INTO observations VALUES (?1, ?2, (
       SELECT COALESCE(MAX(number), 0) + 1 FROM observations WHERE run_id = ?1 AND job_id = ?2
     ), ?3)`,
  );
  const ofRun = database.prepare('SELECT * FROM observations WHERE run_id = ? ORDER BY number');
  const ofJob = database.prepare('SELECT * FROM observations WHERE job_id = ? ORDER BY number');
  return {
    write(entry) {
      insert.run(entry.runId, entry.jobId ?? RUN_ITSELF, packEntry(entry));
    },
    ofRun: (runId) => entriesOf(ofRun.all(runId) as unknown as ObservationRow[]),
    ofJob: (jobId) => entriesOf(ofJob.all(jobId) as unknown as ObservationRow[]),
  };
}
