import type { JobState } from '../../domain/lifecycle/state.ts';
import type { StateKeys } from '../../domain/transaction.ts';
import { JOB } from '../job-shape.ts';
import type { Session } from './session.ts';
import { openStateRows } from './state-rows.ts';
import { statement } from './statement.ts';

const ROWS = openStateRows(JOB);

/** Each key is looked up by an index, however few rows the planner believes there are. */
const LOAD = statement(
  `SELECT ${ROWS.selected} FROM unnest($1::bigint[]) AS key (id)
     CROSS JOIN LATERAL (SELECT * FROM jobs WHERE job_id = key.id OFFSET 0) AS jobs
   UNION ALL
   SELECT ${ROWS.selected} FROM unnest($1::bigint[], $2::bigint[], $3::text[]) AS key (id, run, job)
     CROSS JOIN LATERAL (
       SELECT * FROM jobs WHERE run_id = key.run AND left(name, 200) = left(key.job, 200) AND name = key.job OFFSET 0
     ) AS jobs
   WHERE job_id <> key.id`,
);

/** All jobs of the given names in the given runs, and the jobs of the given ids. */
export async function loadJobs(session: Session, keys: StateKeys['jobs']): Promise<JobState[]> {
  if (keys.length === 0) return [];
  const each = [...new Map(keys.map((key) => [`${key.jobId} ${key.runId} ${key.name}`, key])).values()];
  const found = await ROWS.statesOf(session, LOAD, [
    each.map(({ jobId }) => jobId),
    each.map(({ runId }) => runId),
    each.map(({ name }) => name),
  ]);
  return [...new Map(found.map((job) => [job.jobId, job])).values()];
}

/** Jobs whose hold is over at that time, up to a limit. */
export const heldJobs = ROWS.query('WHERE held_until_ms <= $1 ORDER BY held_until_ms LIMIT $2');
export const jobsOfRun = ROWS.query('WHERE run_id = $1 ORDER BY run_attempt, job_id');
export const jobsOfRuns = ROWS.query('WHERE run_id = ANY ($1::bigint[])');
export const jobsOfIds = ROWS.query('WHERE job_id = ANY ($1::bigint[])');
export const writeJobs = ROWS.write;
