import type { DatabaseSync } from 'node:sqlite';
import type { JobState } from '../../domain/lifecycle/state.ts';
import type { StateKeys } from '../../domain/transaction.ts';
import { JOB } from '../job-shape.ts';
import { openStateRows } from './state-rows.ts';

export interface JobTable {
  /** All jobs of the given names in the given runs, and the jobs of the given ids. */
  load(keys: StateKeys['jobs']): JobState[];
  /** Jobs whose hold is over. */
  held(nowMs: number, limit: number): JobState[];
  ofRun(runId: number): JobState[];
  ofId(jobId: number): JobState[];
  ofIds(jobIds: readonly number[]): JobState[];
  write(job: JobState): void;
}

export function openJobTable(database: DatabaseSync): JobTable {
  const rows = openStateRows(database, JOB);
  const named = rows.query('WHERE run_id = ? AND name = ?');
  const byId = rows.query('WHERE job_id = ?');
  return {
    load(keys) {
      const found = new Map<number, JobState>();
      for (const { jobId, runId, name } of keys) {
        for (const job of named(runId, name)) found.set(job.jobId, job);
        if (!found.has(jobId)) for (const job of byId(jobId)) found.set(jobId, job);
      }
      return [...found.values()];
    },
    held: rows.query('WHERE held_until_ms <= ? ORDER BY held_until_ms LIMIT ?'),
    ofRun: rows.query('WHERE run_id = ? ORDER BY run_attempt, job_id'),
    ofId: byId,
    ofIds: (jobIds) => jobIds.flatMap((jobId) => byId(jobId)),
    write: rows.write,
  };
}
