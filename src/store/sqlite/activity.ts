import type { DatabaseSync } from 'node:sqlite';
import type { GaugeReading } from '../../domain/metric.ts';
import { type JobGroup, jobGauges, type RunGroup, runGauges } from '../activity-gauges.ts';

/** Ids that stand in the labels asked for; so jobs whose labels have none stay one group. */
const OWN_IDS = `
  IIF(INSTR(runs_on, run_id), run_id, NULL) AS own_run, IIF(INSTR(runs_on, job_id), job_id, NULL) AS own_job,
  IIF(INSTR(runs_on, SUBSTR(head_sha, 1, 7)), head_sha, NULL) AS own_sha`;

const JOBS = `
  SELECT repository, workflow, runs_on, status, stale_after_ms < :nowMs AS stale, COUNT(*) AS count, MIN(began_at_ms) AS oldest, ${OWN_IDS}
  FROM jobs WHERE status <> 'completed' AND is_job
  GROUP BY repository, workflow, runs_on, status, stale, own_run, own_job, own_sha`;

const RUNS = `
  SELECT repository, workflow, status, stale_after_ms < :nowMs AS stale, COUNT(*) AS count, MIN(began_at_ms) AS oldest
  FROM runs WHERE status <> 'completed'
  GROUP BY repository, workflow, status, stale`;

/** Prepares the gauges of what is in flight now (`StateReader.readActivity`). */
export function openActivity(database: DatabaseSync): (nowMs: number) => GaugeReading[] {
  const jobs = database.prepare(JOBS);
  const runs = database.prepare(RUNS);
  return (nowMs) => [
    ...(runs.all({ nowMs }) as unknown as RunGroup[]).flatMap(runGauges),
    ...(jobs.all({ nowMs }) as unknown as JobGroup[]).flatMap(jobGauges),
  ];
}
