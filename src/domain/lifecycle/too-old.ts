import { LONGEST_RUN_MS } from '../forgetting.ts';
import type { JobObservation, RunObservation } from '../observation.ts';

/*
 * What is not known and ended before some run was forgotten may have been counted and forgotten itself: it moves nothing, whichever way it
 * is told. What is forgotten had its last word before that moment, so nothing else is held back.
 */

/**
 * Whether this word about a run or job that is not known may be one about something forgotten.
 * `forgottenBeforeMs`: the last words of all that was ever forgotten lie before it; null: nothing was. What
 * GitHub may still let live is never too old, whatever a wrong clock or a full memory made forget.
 */
export function isTooOld(
  told: JobObservation | RunObservation,
  forgottenBeforeMs: number | null,
  nowMs: number,
): boolean {
  const lastMs = lastMomentOf(told);
  if (forgottenBeforeMs === null || lastMs === null) return false;
  return lastMs < Math.min(forgottenBeforeMs, nowMs - LONGEST_RUN_MS);
}

/**
 * Its end; of what is not over, or has no end, its start: what began so long ago can't be alive. Null where
 * it has no times.
 */
function lastMomentOf(told: JobObservation | RunObservation): number | null {
  const [startMs, endMs] =
    told.kind === 'job' ? [told.startedAtMs, told.completedAtMs] : [told.runStartedAtMs, told.updatedAtMs];
  return (told.status === 'completed' ? endMs : null) ?? startMs ?? told.createdAtMs;
}
