import type { JobState } from '../domain/lifecycle/state.ts';

/*
 * GitHub does not tell which job waits for which. But it creates a job when all that the job needs are done.
 * So the job of the same attempt that ended last, shortly before another was created, is taken for the one
 * that it waited for.
 */

/** GitHub takes seconds to create the next job. After a longer time, something else was waited for. */
const MAX_GAP_MS = 60_000;

/**
 * The ids of the jobs that decided when an attempt ended: from the one that ended last, each job that the one
 * after it waited for. While some are not over, from the one of these that has been active longest. `jobs` are
 * those that ran, or may still run, in the attempt.
 */
export function criticalPath(jobs: readonly JobState[]): ReadonlySet<number> {
  const path = new Set<number>();
  let next = jobs.filter(hasTime).reduce<JobState | null>(laterEnd, null);
  while (next !== null && !path.has(next.jobId)) {
    path.add(next.jobId);
    next = predecessorOf(next, jobs);
  }
  return path;
}

/** A job that was skipped, or cancelled before a runner took it, took no time. */
function hasTime({ status, hasStarted, completedAtMs }: JobState): boolean {
  return status !== 'completed' || (hasStarted && completedAtMs !== null);
}

function predecessorOf(job: JobState, jobs: readonly JobState[]): JobState | null {
  const begunMs = beginOf(job);
  if (begunMs === null) return null;
  return jobs
    .filter((other) => {
      const gapMs = begunMs - (other.completedAtMs ?? Number.NaN);
      return other.status === 'completed' && hasTime(other) && gapMs >= 0 && gapMs <= MAX_GAP_MS;
    })
    .filter(({ jobId }) => jobId !== job.jobId)
    .reduce<JobState | null>(laterEnd, null);
}

/** The one of two that ended later; among equals the one that began first. */
function laterEnd(a: JobState | null, b: JobState): JobState {
  if (a === null) return b;
  const [endA, endB] = [endOf(a), endOf(b)];
  if (endA !== endB) return endA > endB ? a : b;
  const [beginA, beginB] = [beginOf(a) ?? Number.POSITIVE_INFINITY, beginOf(b) ?? Number.POSITIVE_INFINITY];
  if (beginA !== beginB) return beginA < beginB ? a : b;
  return a.jobId < b.jobId ? a : b;
}

function endOf({ status, completedAtMs }: JobState): number {
  return status === 'completed' ? (completedAtMs ?? 0) : Number.POSITIVE_INFINITY;
}

/** Old versions of GitHub Enterprise Server do not say when a job was created. */
function beginOf({ createdAtMs, startedAtMs }: JobState): number | null {
  return createdAtMs ?? startedAtMs;
}
