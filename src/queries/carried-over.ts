import { isCarriedOver } from '../domain/lifecycle/carried-over.ts';
import type { JobState, RunState } from '../domain/lifecycle/state.ts';

/** A job as one attempt of a run shows it. */
export interface AttemptJob {
  readonly job: JobState;
  /** It did not run again in this attempt. */
  readonly isCarriedOver: boolean;
}

/**
 * The jobs of an attempt, with those of earlier ones that did not run again. GitHub reports these once more,
 * with the times of their execution. Where such a report is missing, and the attempt is over, the job of the
 * latest attempt before is taken.
 */
export function jobsOfAttempt(
  attempt: Pick<RunState, 'runAttempt' | 'status' | 'runStartedAtMs'>,
  jobs: readonly JobState[],
): readonly AttemptJob[] {
  const own = jobs.filter(({ runAttempt }) => runAttempt === attempt.runAttempt);
  const earlier = jobs.filter(({ runAttempt }) => runAttempt < attempt.runAttempt);
  const shown = own.map((job) => ({ job, isCarriedOver: isCarriedOver(job, earlier, attempt) }));
  if (attempt.status !== 'completed') return shown;
  const names = new Set(own.map(({ name }) => name));
  const missing = earlier.filter(
    ({ name, runAttempt }) =>
      !names.has(name) && !earlier.some((other) => other.name === name && other.runAttempt > runAttempt),
  );
  return [...shown, ...missing.map((job) => ({ job, isCarriedOver: true }))];
}
