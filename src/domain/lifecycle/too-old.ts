import { LONGEST_RUN_MS } from '../forgetting.ts';
import type { JobObservation, RunObservation } from '../observation.ts';

/*
 * An unknown run or job that ended before some run was deleted may have been counted and deleted itself. So
 * it counts nothing, whichever way it is reported. The last event of everything deleted was before that time,
 * so nothing else is held back.
 */

/**
 * Whether this observation of an unknown run or job may be about something deleted. `forgottenBeforeMs`: the
 * last events of all that was ever deleted are before it; null if nothing was. What may still be active at
 * GitHub is never too old, whatever a wrong clock or a full memory caused to be deleted.
 */
export function isTooOld(
  reported: JobObservation | RunObservation,
  forgottenBeforeMs: number | null,
  nowMs: number,
): boolean {
  return isForgettable(lastTimeOf(reported), forgottenBeforeMs, nowMs);
}

/**
 * The same of an unknown deployment, or of a job that is reviewed, that was created then. A tool may report the
 * end of a deployment again months later, when the first report of it is forgotten.
 */
export function isForgettable(
  createdAtMs: number | null,
  forgottenBeforeMs: number | null,
  nowMs: number,
): boolean {
  if (forgottenBeforeMs === null || createdAtMs === null) return false;
  return createdAtMs < Math.min(forgottenBeforeMs, nowMs - LONGEST_RUN_MS);
}

/**
 * Its end. For what is active, or has no end, its start: what started so long ago can't be active. Null if it
 * has no times.
 */
function lastTimeOf(reported: JobObservation | RunObservation): number | null {
  const [startMs, endMs] =
    reported.kind === 'job'
      ? [reported.startedAtMs, reported.completedAtMs]
      : [reported.runStartedAtMs, reported.updatedAtMs];
  return (reported.status === 'completed' ? endMs : null) ?? startMs ?? reported.createdAtMs;
}
