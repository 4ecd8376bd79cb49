import type { RunObservation } from '../observation.ts';
import { durationBetween } from './duration.ts';
import type { Fact, Transition } from './fact.ts';
import { earlier, filled, supersedes } from './merge.ts';
import type { RunState } from './state.ts';

/*
 * The life of one attempt of a run. It is completed by its own event alone: runs that fail at start-up or are held for
 * approval never have a job, and the event may arrive before those of its jobs.
 */

/** Applies one observation of a run attempt to what is known of it. */
export function transitionRun(before: RunState | undefined, run: RunObservation): Transition<RunState> {
  const merged = mergeRun(before, run);
  const isNewRepeat = before === undefined && run.runAttempt > 1;
  const facts: Fact[] = isNewRepeat ? [{ kind: 'run_repeated', run }] : [];
  if (run.status !== 'completed' || merged.completionCounted) return { state: merged, facts };
  const { durationMs, anomalies } = durationBetween(run.runStartedAtMs, run.updatedAtMs, 'run_duration');
  facts.push({ kind: 'run_completed', run, durationMs }, ...anomalies);
  return { state: { ...merged, completionCounted: true }, facts };
}

function mergeRun(before: RunState | undefined, run: RunObservation): RunState {
  const { kind: _, source: __, observedAtMs, ...fields } = run;
  const told = { ...fields, firstSeenAtMs: observedAtMs, statusAtMs: observedAtMs, completionCounted: false };
  if (before === undefined) return told;
  const merged = supersedes(told, before) ? filled(told, before) : filled(before, told);
  return {
    ...merged,
    firstSeenAtMs: earlier(before.firstSeenAtMs, told.firstSeenAtMs),
  };
}
