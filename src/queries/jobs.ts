import { isoTime } from '../domain/iso-time.ts';
import type { ListedJob } from '../domain/job-list.ts';
import { jobLabel, labelValues, runsOnLabel } from '../domain/label-value.ts';
import { type ListQuery, printListPlace } from '../domain/list-query.ts';
import type { Job, Jobs } from '../domain/openapi-types.ts';
import type { HistoryReader } from '../domain/queries.ts';

export interface ListQuestion {
  readonly query: ListQuery;
  /** The base URL of GitHub's pages, without a slash at the end. */
  readonly webUrl: string;
}

/** Single jobs: what is behind a number. */
export async function jobs(
  reader: Pick<HistoryReader, 'listJobs'>,
  { query, webUrl }: ListQuestion,
): Promise<Jobs> {
  const { asOfMs, nowMs, jobs: listed, next } = await reader.listJobs(query);
  return {
    as_of: isoTime(asOfMs),
    window: shownWindow(query),
    definitions: 'v1',
    jobs: listed.map((each) => shownJob(each, { isStale: query.isStale, nowMs, webUrl })),
    cursor: next && printListPlace(next, query),
  };
}

/** Null for what is not completed, which has none. */
export function shownWindow({ window }: ListQuery): Jobs['window'] {
  return window && { from: isoTime(window.fromMs), to: isoTime(window.toMs) };
}

/** How a row is to be shown. */
export interface Showing {
  readonly isStale: boolean;
  readonly nowMs: number;
  readonly webUrl: string;
}

export function shownJob({ job, beganAtMs }: ListedJob, { isStale, nowMs, webUrl }: Showing): Job {
  const isOver = job.status === 'completed';
  const [repository = '', workflow = '', jobName = '', runsOn = ''] = labelValues([
    job.repository,
    job.workflow,
    jobLabel(job),
    runsOnLabel(job),
  ]);
  return {
    job_id: job.jobId,
    run_id: job.runId,
    run_attempt: job.runAttempt,
    repository,
    workflow,
    job_name: jobName,
    name: job.name,
    runs_on: runsOn,
    status: job.status,
    conclusion: job.conclusion,
    stale: isStale,
    created_at: isoTime(job.createdAtMs),
    started_at: isoTime(job.hasStarted ? job.startedAtMs : null),
    completed_at: isoTime(job.completedAtMs),
    waiting_seconds: isOver ? null : Math.max(0, nowMs - beganAtMs) / 1000,
    queue_seconds: secondsOrNull(job.queueMs),
    duration_seconds: secondsOrNull(job.durationMs),
    runner: job.runnerName,
    runner_group: job.runnerGroup,
    url: `${webUrl}/${job.repository}/actions/runs/${job.runId}/job/${job.jobId}`,
  };
}

export function secondsOrNull(ms: number | null): number | null {
  return ms === null ? null : ms / 1000;
}
