import type { GaugeReading } from '../../domain/metric.ts';
import { type JobGroup, jobGauges, type RunGroup, runGauges } from '../activity-gauges.ts';
import type { Session } from './session.ts';
import { statement } from './statement.ts';

/** As in sqlite/activity.ts. */
const OWN_IDS = `
  CASE WHEN STRPOS(runs_on, run_id::text) > 0 THEN run_id END AS own_run,
  CASE WHEN STRPOS(runs_on, job_id::text) > 0 THEN job_id END AS own_job,
  CASE WHEN STRPOS(runs_on, SUBSTR(head_sha, 1, 7)) > 0 THEN head_sha END AS own_sha`;

const JOBS = statement(`
  SELECT repository, workflow, runs_on, status, (stale_after_ms < $1)::int AS stale, COUNT(*) AS count,
    MIN(began_at_ms) AS oldest, ${OWN_IDS}
  FROM jobs WHERE status <> 'completed' AND is_job = 1
  GROUP BY repository, workflow, runs_on, status, stale, own_run, own_job, own_sha`);

const RUNS = statement(`
  SELECT repository, workflow, status, (stale_after_ms < $1)::int AS stale, COUNT(*) AS count,
    MIN(began_at_ms) AS oldest
  FROM runs WHERE status <> 'completed' GROUP BY repository, workflow, status, stale`);

/** The gauges of what is in flight now. */
export async function readActivity(session: Session, nowMs: number): Promise<GaugeReading[]> {
  const [runs, jobs] = await Promise.all([
    session.rows<RunGroup>(RUNS, [nowMs]),
    session.rows<JobGroup>(JOBS, [nowMs]),
  ]);
  return [...runs.flatMap(runGauges), ...jobs.flatMap(jobGauges)];
}
