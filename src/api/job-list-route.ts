import type { FastifyInstance } from 'fastify';
import type { Clock, Engine } from '../domain/contracts.ts';
import { isoTime } from '../domain/iso-time.ts';
import type { DatedJobPage, JobQuery, ListedJob } from '../domain/job-list.ts';
import { jobLabel, labelValues, runsOnLabel } from '../domain/label-value.ts';
import { errorResponse } from '../http/json-response.ts';
import { cursorOf, jobQueryOf } from './job-list-query.ts';
import { BadQuery, type Given } from './read-api/parameters.ts';
import { sendError } from './reply.ts';

export interface JobListOptions {
  readonly engine: Pick<Engine, 'listJobs'>;
  /** The base URL of GitHub's pages, without a slash at the end. */
  readonly webUrl: () => string;
  readonly clock: Clock;
}

/**
 * The meaning of the words and numbers in responses, as docs/meaning.md defines it. A new meaning gets a new
 * name.
 */
const DEFINITIONS = 'v1';
/** Each reads many rows. More at once would keep the engine from its work. */
const AT_ONCE = 4;
const TOO_MANY = errorResponse('overloaded', { message: 'Too many lists of jobs at once.' });

/** Adds the route that leads from a number, or an alert, to the jobs behind it. */
export function addJobListRoute(app: FastifyInstance, { engine, webUrl, clock }: JobListOptions): void {
  let inProgress = 0;

  app.get('/api/v1/jobs', async (request, reply) => {
    const query = readQuery(request.query as Given, clock());
    if (query instanceof BadQuery)
      return sendError(reply, errorResponse('bad_request', { message: query.message }));
    if (inProgress >= AT_ONCE) return sendError(reply, TOO_MANY);
    inProgress += 1;
    try {
      return reply.send(shown(await engine.listJobs(query), query, webUrl()));
    } finally {
      inProgress -= 1;
    }
  });
}

function readQuery(given: Given, nowMs: number): JobQuery | BadQuery {
  try {
    return jobQueryOf(given, nowMs);
  } catch (error) {
    if (error instanceof BadQuery) return error;
    throw error;
  }
}

function shown({ asOfMs, nowMs, jobs, next }: DatedJobPage, query: JobQuery, webUrl: string) {
  const { window } = query;
  return {
    as_of: isoTime(asOfMs),
    window: window && { from: isoTime(window.fromMs), to: isoTime(window.toMs) },
    definitions: DEFINITIONS,
    jobs: jobs.map((listed) => shownJob(listed, { isStale: query.isStale, nowMs, webUrl })),
    cursor: next && cursorOf(next, query),
  };
}

function shownJob(
  { job, beganAtMs }: ListedJob,
  { isStale, nowMs, webUrl }: { readonly isStale: boolean; readonly nowMs: number; readonly webUrl: string },
) {
  const isOver = job.status === 'completed';
  const [repository, workflow, jobName, runsOn] = labelValues([
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
    queue_seconds: secondsOf(job.queueMs),
    duration_seconds: secondsOf(job.durationMs),
    runner: job.runnerName,
    runner_group: job.runnerGroup,
    url: `${webUrl}/${job.repository}/actions/runs/${job.runId}/job/${job.jobId}`,
  };
}

function secondsOf(ms: number | null): number | null {
  return ms === null ? null : ms / 1000;
}
