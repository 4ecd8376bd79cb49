import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { NO_HISTORY } from '../../domain/history.ts';
import { pastJob, pastRun } from '../../domain/past-history.ts';
import type { Tables } from './tables.ts';

/**
 * Adds to the history what the next few jobs and runs counted before there was one; answers whether that was
 * all. Runs inside of the caller's transaction.
 */
export type FillHistory = (limit: number) => boolean;

export function openFillHistory(
  database: DatabaseSync,
  { jobs, runs, observations, history }: Pick<Tables, 'jobs' | 'runs' | 'observations' | 'history'>,
): FillHistory {
  const nextJobs = database.prepare('SELECT job_id AS id FROM jobs WHERE job_id > ? ORDER BY job_id LIMIT ?');
  const nextRuns = database.prepare(
    'SELECT DISTINCT run_id AS id FROM runs WHERE run_id > ? ORDER BY run_id LIMIT ?',
  );

  const place = database.prepare('SELECT after_id FROM history_fill WHERE kind = ?');
  const move = database.prepare('UPDATE history_fill SET after_id = ? WHERE kind = ?');
  const end = database.prepare('DELETE FROM history_fill WHERE kind = ?');

  function fillJob(jobId: number): void {
    const [job] = jobs.ofId(jobId);
    if (job === undefined) return;
    history.addMissing(
      pastJob(
        job,
        observations.ofJob(jobId).flatMap(({ counted }) => counted),
      ),
    );
  }

  function fillRun(runId: number): void {
    history.addMissing({ ...NO_HISTORY, finishedRuns: runs.ofRun(runId).flatMap(pastRun) });
  }

  function fill(kind: 'job' | 'run', next: StatementSync, limit: number): boolean {
    const after = place.get(kind)?.['after_id'];
    if (after === undefined) return true;
    const ids = next.all(Number(after), limit).map(({ id }) => Number(id));
    for (const id of ids)
      if (kind === 'job') fillJob(id);
      else fillRun(id);
    const last = ids.at(-1);
    if (last === undefined) end.run(kind);
    else move.run(last, kind);
    return last === undefined;
  }

  return (limit) => {
    const isDone = fill('job', nextJobs, limit);
    return fill('run', nextRuns, limit) && isDone;
  };
}
