import { isFailed, sameEnds } from './execution.ts';
import type { Fact } from './fact.ts';
import type { JobState } from './state.ts';

/*
 * Wasted time: a job that failed, and ran again in a later attempt of its run, ran for nothing. Whichever of the two is
 * reported last establishes that. More knowledge never takes it back.
 */

export interface Repeats {
  /** Those of the jobs that changed. */
  readonly changed: readonly JobState[];
  readonly facts: readonly Fact[];
}

/** Where nothing ran again. */
export const NO_REPEATS: Repeats = { changed: [], facts: [] };

/** Counts the failures among these jobs that ran again. `jobs`: all of one name in one run, of every attempt. */
export function countRepeats(jobs: readonly JobState[]): Repeats {
  if (jobs.length < 2) return NO_REPEATS;
  const changed: JobState[] = [];
  const facts: Fact[] = [];
  for (const job of jobs) {
    const { durationMs, repeatCounted, completionCounted, conclusion } = job;
    if (!completionCounted || repeatCounted || durationMs === null || !isFailed(conclusion)) continue;
    if (!ranAgain(job, jobs)) continue;
    const state = { ...job, durationMs, repeatCounted: true };
    changed.push(state);
    facts.push({ kind: 'job_repeated', job: state });
  }
  return { changed, facts };
}

/**
 * Whether a runner took a job of the name in a later attempt, after this one had ended. A report that a re-run carries
 * over has the times of its execution, and is none.
 */
function ranAgain(job: JobState, jobs: readonly JobState[]): boolean {
  const namesakes = jobs.filter((other) => other.isJob && other.jobId !== job.jobId);
  const reports = new Set([job, ...sameEnds(job, namesakes)]);
  const firstAttempt = Math.min(...Array.from(reports, ({ runAttempt }) => runAttempt));
  return namesakes.some(
    (other) =>
      other.runAttempt > firstAttempt &&
      other.hasStarted &&
      other.startedAtMs !== null &&
      other.startedAtMs >= (job.completedAtMs ?? 0) &&
      !reports.has(other),
  );
}
