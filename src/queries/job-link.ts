import { isoTime } from '../domain/iso-time.ts';
import type { JobLink } from '../domain/openapi-types.ts';
import type { Batch, FailedJobColumns } from '../domain/queries.ts';

/** A job as the facts know it. */
export interface FoundJob {
  readonly runId: number;
  readonly runAttempt: number;
  readonly jobId: number;
  readonly atMs: number;
}

export const LINK_COLUMNS = ['endedAtMs', 'runId', 'runAttempt', 'jobId'] as const;

const LATEST = 5;

/** Adds a job to the latest ones, from old to new. */
export function keepLatest(
  latest: FoundJob[],
  { runId, runAttempt, jobId, endedAtMs }: Batch<FailedJobColumns, (typeof LINK_COLUMNS)[number]>,
  row: number,
): void {
  latest.push({
    runId: runId[row] ?? 0,
    runAttempt: runAttempt[row] ?? 1,
    jobId: jobId[row] ?? 0,
    atMs: endedAtMs[row] ?? 0,
  });
  if (latest.length > LATEST) latest.shift();
}

/** The latest first, with where they are at GitHub. */
export function jobLinks(
  latest: readonly FoundJob[],
  { webUrl, repository }: { readonly webUrl: string; readonly repository: string },
): JobLink[] {
  return latest.toReversed().map(({ runId, runAttempt, jobId, atMs }) => ({
    run_id: runId,
    run_attempt: runAttempt,
    job_id: jobId,
    at: isoTime(atMs),
    url: `${webUrl}/${repository}/actions/runs/${runId}/job/${jobId}`,
  }));
}
