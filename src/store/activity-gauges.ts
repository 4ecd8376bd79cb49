import { DOMAIN } from '../domain/catalogue.ts';
import { runsOnLabel } from '../domain/label-value.ts';
import { type GaugeReading, readingOf } from '../domain/metric.ts';
import { parseStored } from './stored-json.ts';

/** Runs that are the same for the gauges of what is in flight. */
export interface RunGroup {
  readonly repository: string;
  readonly workflow: string;
  readonly status: string;
  readonly stale: number;
  readonly count: number;
  readonly oldest: number;
}

/** As `RunGroup`, of jobs. */
export type JobGroup = RunGroup & {
  readonly runs_on: string;
  readonly own_run: number | null;
  readonly own_job: number | null;
  readonly own_sha: string | null;
};

export function runGauges({ repository, workflow, status, stale, count, oldest }: RunGroup): GaugeReading[] {
  if (stale === 1) return [readingOf(DOMAIN.staleRuns, [repository, status], count)];
  return [
    readingOf(DOMAIN.activeRuns, [repository, workflow, status], count),
    readingOf(DOMAIN.oldestActiveRun, [status], oldest / 1000),
  ];
}

export function jobGauges({
  repository,
  workflow,
  status,
  stale,
  count,
  ...group
}: JobGroup): GaugeReading[] {
  if (stale === 1) return [readingOf(DOMAIN.staleJobs, [repository, status], count)];
  const own = { runId: group.own_run, jobId: group.own_job, headSha: group.own_sha };
  const runsOn = runsOnLabel({ runsOn: parseStored(group.runs_on, 'jobs'), ...own });
  return [
    readingOf(DOMAIN.activeJobs, [repository, workflow, runsOn, status], count),
    readingOf(DOMAIN.oldestActiveJob, [runsOn, status], group.oldest / 1000),
  ];
}
