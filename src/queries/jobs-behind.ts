import { jobBeganAtMs, jobStaleAfterMs } from '../domain/lifecycle/stale.ts';
import type { JobState } from '../domain/lifecycle/state.ts';
import type { Job } from '../domain/openapi-types.ts';
import type { HistoryReader } from '../domain/queries.ts';
import { shownJob } from './jobs.ts';

/** A job of which a fact tells. */
export interface JobOfFact {
  readonly jobId: number;
  readonly runId: number;
}

/** The jobs behind a number, as they are listed; in the order of `facts`. What is no longer known is left out. */
export async function jobsBehind(
  reader: HistoryReader,
  facts: readonly JobOfFact[],
  webUrl: string,
): Promise<Job[]> {
  const { nowMs } = reader;
  const states = new Map<number, JobState>();
  for (const runId of new Set(facts.map((fact) => fact.runId)))
    for (const job of (await reader.wholeRun(runId))?.jobs ?? []) states.set(job.jobId, job);
  const jobs = facts.flatMap(({ jobId }) => states.get(jobId) ?? []);
  return jobs.map((job) => {
    const isStale = job.status !== 'completed' && jobStaleAfterMs(job) < nowMs;
    return shownJob({ job, beganAtMs: jobBeganAtMs(job) }, { isStale, nowMs, webUrl });
  });
}
