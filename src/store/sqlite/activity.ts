import type { DatabaseSync } from 'node:sqlite';
import { DOMAIN } from '../../domain/catalogue.ts';
import { runsOnLabel } from '../../domain/label-value.ts';
import { type GaugeReading, readingOf } from '../../domain/metric.ts';
import { parseStored } from '../stored-json.ts';

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

interface Group {
  readonly repository: string;
  readonly workflow: string;
  readonly status: string;
  readonly stale: number;
  readonly count: number;
  readonly oldest: number;
}

type JobGroup = Group & {
  readonly runs_on: string;
  readonly own_run: number | null;
  readonly own_job: number | null;
  readonly own_sha: string | null;
};

/** Prepares the gauges of what is in flight now (`StateReader.readActivity`). */
export function openActivity(database: DatabaseSync): (nowMs: number) => GaugeReading[] {
  const jobs = database.prepare(JOBS);
  const runs = database.prepare(RUNS);
  return (nowMs) => [
    ...(runs.all({ nowMs }) as unknown as Group[]).flatMap(runGauges),
    ...(jobs.all({ nowMs }) as unknown as JobGroup[]).flatMap(jobGauges),
  ];
}

function runGauges({ repository, workflow, status, stale, count, oldest }: Group): GaugeReading[] {
  if (stale === 1) return [readingOf(DOMAIN.staleRuns, [repository, status], count)];
  return [
    readingOf(DOMAIN.activeRuns, [repository, workflow, status], count),
    readingOf(DOMAIN.oldestActiveRun, [status], oldest / 1000),
  ];
}

function jobGauges({ repository, workflow, status, stale, count, ...group }: JobGroup): GaugeReading[] {
  if (stale === 1) return [readingOf(DOMAIN.staleJobs, [repository, status], count)];
  const own = { runId: group.own_run, jobId: group.own_job, headSha: group.own_sha };
  const runsOn = runsOnLabel({ runsOn: parseStored(group.runs_on, 'jobs'), ...own });
  return [
    readingOf(DOMAIN.activeJobs, [repository, workflow, runsOn, status], count),
    readingOf(DOMAIN.oldestActiveJob, [runsOn, status], group.oldest / 1000),
  ];
}
