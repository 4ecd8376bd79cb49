import { isoTime } from '../domain/iso-time.ts';
import { nearestRank } from '../domain/nearest-rank.ts';
import { compareGroups, comparePlaces, type NowPlace, rankOf } from '../domain/now-diff.ts';
import type { Freshness, Now, NowGroup, NowJob, NowTotals } from '../domain/openapi-types.ts';
import type { HistoryFilters, HistoryReader, OpenJob } from '../domain/queries.ts';

/*
 * What waits and runs at this moment. The counts are those of the gauges `active_jobs`, `stale_jobs` and
 * `oldest_active_job_timestamp_seconds`.
 */

export interface NowQuery {
  readonly filters: HistoryFilters;
  /** Whether to list the jobs that are counted as stale, and no others. */
  readonly isStale: boolean;
  /** List only those that are counted as that; null: all. */
  readonly status: 'queued' | 'waiting' | 'in_progress' | null;
  readonly limit: number;
  /** Only jobs after this position. */
  readonly after: NowPlace | null;
  /** The base URL of GitHub's pages, without a slash at the end. */
  readonly webUrl: string;
  /** How far the service itself can be trusted; it does not stand in the database. */
  readonly freshness: Freshness;
}

/** Reads the open jobs once, and counts, groups and lists them. */
export async function now(
  reader: Pick<HistoryReader, 'nowMs' | 'asOfMs' | 'openJobs'>,
  query: NowQuery,
): Promise<Now> {
  const { nowMs, asOfMs } = reader;
  const open = await reader.openJobs(query.filters);
  const byLabels = Map.groupBy(open, ({ runsOn }) => runsOn);
  const groups = Array.from(byLabels, ([runs_on, jobs]): NowGroup => ({ runs_on, ...countsOf(jobs, nowMs) }));
  const { jobs, cursor } = pageOf(open, query);
  return {
    as_of: isoTime(asOfMs),
    now: isoTime(nowMs),
    window: null,
    definitions: 'v1',
    totals: countsOf(open, nowMs),
    groups: groups.sort(compareGroups),
    jobs,
    cursor,
    freshness: query.freshness,
  };
}

function countsOf(jobs: readonly OpenJob[], nowMs: number): NowTotals {
  const since: number[] = [];
  const counts = { waiting: 0, in_progress: 0, stale: 0 };
  for (const { isStale, status, beganAtMs } of jobs) {
    if (isStale) counts.stale += 1;
    else if (rankOf(status) === 0) since.push(beganAtMs);
    else if (rankOf(status) === 1) counts.waiting += 1;
    else counts.in_progress += 1;
  }
  // The latest first, so that waits ascend.
  const began = Float64Array.from(since).sort().reverse();
  const wait = (p: number) => (began.length === 0 ? null : Math.max(0, nowMs - nearestRank(began, p)) / 1000);
  const oldestMs = began.at(-1);
  return {
    queued: began.length,
    ...counts,
    oldest_queued_at: oldestMs === undefined ? null : isoTime(oldestMs),
    wait_p50: wait(0.5),
    wait_p95: wait(0.95),
  };
}

function pageOf(
  open: readonly OpenJob[],
  { isStale, status, limit, after, webUrl }: NowQuery,
): Pick<Now, 'jobs' | 'cursor'> {
  const places = open
    .filter((job) => job.isStale === isStale && (status === null || rankOf(job.status) === rankOf(status)))
    .map((job) => ({ job, rank: rankOf(job.status), sinceMs: job.beganAtMs, jobId: job.jobId }))
    .filter((place) => after === null || comparePlaces(place, after) > 0)
    .sort(comparePlaces);
  const shown = places.slice(0, limit);
  const last = places.length > limit ? shown.at(-1) : undefined;
  return {
    jobs: shown.map(({ job }) => shownJob(job, webUrl)),
    cursor: last === undefined ? null : printPlace(last),
  };
}

function shownJob(job: OpenJob, webUrl: string): NowJob {
  return {
    job_id: job.jobId,
    run_id: job.runId,
    run_attempt: job.runAttempt,
    repository: job.repository,
    workflow: job.workflow,
    job_name: job.jobName,
    name: job.name,
    runs_on: job.runsOn,
    status: job.status,
    since: isoTime(job.beganAtMs),
    stale: job.isStale,
    branch_name: job.branchName,
    runner: job.runnerName,
    runner_group: job.runnerGroup === 'unknown' ? null : job.runnerGroup,
    url: `${webUrl}/${job.repository}/actions/runs/${job.runId}/job/${job.jobId}`,
  };
}

/** A position as the text of a cursor. */
export function printPlace({ rank, sinceMs, jobId }: NowPlace): string {
  return Buffer.from(JSON.stringify([rank, sinceMs, jobId])).toString('base64url');
}

/** The position of a cursor; null if the text is none. */
export function parsePlace(text: string): NowPlace | null {
  try {
    const [rank, sinceMs, jobId]: unknown[] = JSON.parse(Buffer.from(text, 'base64url').toString());
    const isPlace = [rank, sinceMs, jobId].every(Number.isSafeInteger);
    return isPlace ? { rank: Number(rank), sinceMs: Number(sinceMs), jobId: Number(jobId) } : null;
  } catch {
    return null;
  }
}
