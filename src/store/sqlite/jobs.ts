import type { DatabaseSync } from 'node:sqlite';
import { isJobOpen, jobLastEventMs } from '../../domain/forgetting.ts';
import { isGone } from '../../domain/lifecycle/gone.ts';
import { jobBeganAtMs, jobStaleAfterMs } from '../../domain/lifecycle/stale.ts';
import type { JobState } from '../../domain/lifecycle/state.ts';
import type { StateKeys } from '../../domain/transaction.ts';
import { openStateRows, type StateShape } from './state-rows.ts';

const JOB: StateShape<JobState> = {
  table: 'jobs',
  key: ['jobId'],
  json: ['runsOn'],
  flags: [
    'isJob',
    'hasStarted',
    'hasEnvironment',
    'queueCounted',
    'approvalCounted',
    'completionCounted',
    'isCauseOpen',
  ],
  fields: [
    'jobId',
    'runId',
    'runAttempt',
    'repository',
    'workflow',
    'name',
    'status',
    'conclusion',
    'isJob',
    'hasStarted',
    'createdAtMs',
    'startedAtMs',
    'completedAtMs',
    'runsOn',
    'runnerId',
    'runnerName',
    'runnerGroup',
    'headBranch',
    'headSha',
    'firstSeenAtMs',
    'statusAtMs',
    'waitedAtMs',
    'queuedAtMs',
    'releasedAtMs',
    'inQueueAtMs',
    'hasEnvironment',
    'heldUntilMs',
    'queueCounted',
    'approvalCounted',
    'completionCounted',
    'isCauseOpen',
    'flakyCounted',
    'goneAtMs',
    'confirmedAtMs',
    'queueMs',
    'durationMs',
  ],
  derived: {
    beganAtMs: jobBeganAtMs,
    staleAfterMs: jobStaleAfterMs,
    isGone: (job) => Number(isGone(job)),
    lastEventMs: jobLastEventMs,
    isOpen: (job) => Number(isJobOpen(job)),
  },
};

export interface JobTable {
  /** All jobs of the given names in the given runs, and the jobs of the given ids. */
  load(keys: StateKeys['jobs']): JobState[];
  /** Jobs whose hold is over. */
  held(nowMs: number, limit: number): JobState[];
  ofRun(runId: number): JobState[];
  ofId(jobId: number): JobState[];
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
    write: rows.write,
  };
}
