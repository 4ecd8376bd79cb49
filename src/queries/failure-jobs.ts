import type { Jobs } from '../domain/openapi-types.ts';
import type { HistoryReader } from '../domain/queries.ts';
import { headOf } from './answer.ts';
import type { FailureQuestion } from './failure-groups.ts';
import { NO_REASON, reasonsOf } from './failure-reasons.ts';
import { type JobOfFact, jobsBehind } from './jobs-behind.ts';
import { cursorOf } from './paging.ts';

export interface FailureJobsQuery extends Omit<FailureQuestion, 'reasons'> {
  /** Null: only those whose annotations were not read; any, and none, if there is none. */
  readonly reasons: readonly string[] | null;
  /** The first that failed; null: only those without one; undefined: any. */
  readonly step: string | null | undefined;
  readonly offset: number;
  readonly limit: number;
  /** The base URL of GitHub's pages, without a slash at the end. */
  readonly webUrl: string;
}

/** The order of the rows, for the cursor. */
export const LATEST_FIRST = '-completed_at';

/** The jobs that failed in a window, the latest first. */
export async function failureJobs(reader: HistoryReader, query: FailureJobsQuery): Promise<Jobs> {
  const { window, offset, limit, webUrl } = query;
  const end = offset + limit;
  const latestFirst = (await readLatest(reader, query, end + 1)).reverse();
  return {
    ...headOf(reader, window, null),
    jobs: await jobsBehind(reader, latestFirst.slice(offset, end), webUrl),
    cursor: latestFirst.length > end ? cursorOf(LATEST_FIRST, end) : null,
  };
}

/** The last `count` that fit, from old to new. */
async function readLatest(
  reader: HistoryReader,
  { window, filters, causes, step, reasons, exitCode }: FailureJobsQuery,
  count: number,
): Promise<JobOfFact[]> {
  const asked = new Set(causes.map(reader.wordId));
  const known = await reasonsOf(reader, window, filters);
  const askedReasons = new Set(reasons?.map(reader.wordId) ?? [NO_REASON.reason]);
  const fitsReason = (jobId: number) => {
    const job = known.get(jobId) ?? NO_REASON;
    return (
      (askedReasons.size === 0 || askedReasons.has(job.reason)) &&
      (exitCode === undefined || job.exitCode === exitCode)
    );
  };
  let found: JobOfFact[] = [];
  const columns = ['jobId', 'runId', 'cause', 'step'] as const;
  for await (const batch of reader.failedJobs(window, filters, columns)) {
    const names = step === undefined || step === null ? null : await reader.texts(batch.step);
    const fitsStep = (id: number) =>
      step === undefined || (step === null ? id === 0 : names?.get(id) === step);
    for (let row = 0; row < batch.size; row += 1) {
      if (asked.size > 0 && !asked.has(batch.cause[row] ?? 0)) continue;
      if (!fitsReason(batch.jobId[row] ?? 0)) continue;
      if (fitsStep(batch.step[row] ?? 0))
        found.push({ jobId: batch.jobId[row] ?? 0, runId: batch.runId[row] ?? 0 });
    }
    // However many there are, not all of them are in memory.
    if (found.length > 2 * count) found = found.slice(-count);
  }
  return found.slice(-count);
}
