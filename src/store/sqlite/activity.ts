import type { DatabaseSync } from 'node:sqlite';
import { DOMAIN } from '../../domain/catalogue.ts';
import { runsOnLabel } from '../../domain/label-value.ts';
import { staleLimits } from '../../domain/lifecycle/stale.ts';
import { type GaugeReading, readingOf } from '../../domain/metric.ts';
import { parseStored } from './store-error.ts';

/*
 * What is in flight now. `began` is GitHub's own time of a job: its start once it is in progress, its release once it was
 * let through an approval gate, else its creation. A list tells of no release: what it finds in the queue behind a gate is
 * there since that was heard. `since` tells the age for the search for ghosts, by what was heard alone after a gate.
 */
const IS_RELEASED = `status = 'queued' AND waited_at_ms IS NOT NULL`;
const JOB_BEGAN = `
  COALESCE(CASE WHEN status = 'in_progress' THEN started_at_ms
    WHEN ${IS_RELEASED} THEN CASE WHEN queued_at_ms > waited_at_ms THEN released_at_ms ELSE status_at_ms END
  END, created_at_ms, first_seen_at_ms)`;
const JOB_SINCE = `CASE WHEN ${IS_RELEASED} THEN status_at_ms ELSE ${JOB_BEGAN} END`;
const RUN_SINCE = 'COALESCE(run_started_at_ms, created_at_ms, first_seen_at_ms)';
const STALE = `(COALESCE(gone_at_ms >= status_at_ms, FALSE)
  OR CASE WHEN status IN ('in_progress', 'waiting') THEN since < :runningSince ELSE since < :queuedSince END)`;

const JOBS = `
  SELECT repository, workflow, runs_on, status, ${STALE} AS stale, COUNT(*) AS count, MIN(began) AS oldest
  FROM (SELECT *, ${JOB_BEGAN} AS began, ${JOB_SINCE} AS since FROM jobs WHERE status <> 'completed')
  GROUP BY repository, workflow, runs_on, status, stale`;

const RUNS = `
  SELECT repository, workflow, status, COUNT(*) AS count
  FROM (SELECT *, ${RUN_SINCE} AS since FROM runs WHERE status <> 'completed')
  WHERE NOT ${STALE}
  GROUP BY repository, workflow, status`;

interface JobGroup {
  repository: string;
  workflow: string;
  runs_on: string;
  status: string;
  stale: number;
  count: number;
  oldest: number;
}

/** Prepares the gauges of `StateReader.readActivity`. */
export function openActivity(database: DatabaseSync): (nowMs: number) => GaugeReading[] {
  const jobs = database.prepare(JOBS);
  const runs = database.prepare(RUNS);
  return (nowMs) => {
    const limits = { ...staleLimits(nowMs) };
    const runGauges = runs.all(limits).map((row) => {
      const labels = [String(row['repository']), String(row['workflow']), String(row['status'])];
      return readingOf(DOMAIN.activeRuns, labels, Number(row['count']));
    });
    return [...runGauges, ...jobGauges(jobs.all(limits) as unknown as JobGroup[])];
  };
}

function jobGauges(groups: readonly JobGroup[]): GaugeReading[] {
  const counts: GaugeReading[] = [];
  const oldest: GaugeReading[] = [];
  for (const { repository, workflow, status, stale, count, ...group } of groups) {
    const runsOn = runsOnLabel(parseStored(group.runs_on, 'jobs'));
    if (stale === 1) {
      counts.push(readingOf(DOMAIN.staleJobs, [repository, status], count));
      continue;
    }
    counts.push(readingOf(DOMAIN.activeJobs, [repository, workflow, runsOn, status], count));
    oldest.push(readingOf(DOMAIN.oldestActiveJob, [runsOn, status], group.oldest / 1000));
  }
  return [...counts, ...oldest];
}
