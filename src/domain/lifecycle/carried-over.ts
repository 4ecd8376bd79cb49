import { CLOCK_SKEW_MS, sameEnds } from './execution.ts';
import type { JobState, RunState } from './state.ts';

/**
 * Whether this job of an attempt did not run in it: a re-run reports those that it leaves out again, with the times of
 * their execution. `earlier`: the jobs of all attempts before.
 */
export function isCarriedOver(
  job: JobState,
  earlier: readonly JobState[],
  { runAttempt, runStartedAtMs }: Pick<RunState, 'runAttempt' | 'runStartedAtMs'>,
): boolean {
  if (job.status !== 'completed' || runAttempt === 1) return false;
  const startMs = runStartedAtMs ?? 0;
  if (job.completedAtMs !== null && job.completedAtMs < startMs - CLOCK_SKEW_MS) return true;
  if (job.hasStarted && job.startedAtMs !== null && job.startedAtMs < startMs - CLOCK_SKEW_MS) return true;
  const namesakes = earlier.filter(({ name }) => name === job.name);
  return sameEnds(job, namesakes).length > 0;
}
