import type { RunObservation } from '../observation.ts';
import { durationBetween } from './duration.ts';
import type { Transition } from './fact.ts';
import { earlier, filled, supersedes } from './merge.ts';
import type { RunState } from './state.ts';

/*
 * The life of one attempt of a run. It is completed by its own event alone: runs that fail at start-up or are held for
 * approval never have a job, and the event may arrive before those of its jobs.
 */

/** Applies one observation of a run attempt to what is known of it. */
export function transitionRun(before: RunState | undefined, run: RunObservation): Transition<RunState> {
  const merged = mergeRun(before, run);
  if (run.status !== 'completed' || merged.completionCounted) return { state: merged, facts: [] };
  const { durationMs, anomalies } = durationBetween(run.runStartedAtMs, run.updatedAtMs, 'run_duration');
  return {
    state: { ...merged, completionCounted: true },
    facts: [{ kind: 'run_completed', run, durationMs }, ...anomalies],
  };
}

function mergeRun(before: RunState | undefined, run: RunObservation): RunState {
  const { kind: _, source: __, observedAtMs, ...fields } = run;
  const told = { ...fields, firstSeenAtMs: observedAtMs, statusAtMs: observedAtMs, completionCounted: false };
  if (before === undefined) return told;
  const merged = supersedes(told, before) ? filled(told, before) : filled(before, told);
  return {
    ...merged,
    firstSeenAtMs: earlier(before.firstSeenAtMs, told.firstSeenAtMs),
    completionCounted: before.completionCounted,
  };
}
