import type { RunObservation } from '../observation.ts';
import { durationBetween } from './duration.ts';
import type { Fact, Transition } from './fact.ts';
import { HOLD_MS } from './gate.ts';
import { earlier, filled, supersedes } from './merge.ts';
import type { RunState } from './state.ts';
import { isHeld, rankOf } from './status.ts';

/*
 * The life of one attempt of a run. Only its own event completes it: runs that fail at start-up or are held
 * for approval never have a job, and the event may arrive before those of its jobs. A held run may continue,
 * and is completed again: both are counted.
 */

/**
 * Conclusions that an attempt only has if it was in progress: that report may be lost. One that failed or was cancelled
 * may never have been.
 */
const AFTER_PROGRESS: ReadonlySet<string | null> = new Set(['success', 'timed_out', 'neutral']);

/** Applies one observation of a run attempt to its known state. */
export function transitionRun(
  before: RunState | undefined,
  run: RunObservation,
  nowMs: number,
): Transition<RunState> {
  const seen = countSeen(before, run);
  const ended = countEnd(seen.state, run, nowMs);
  return { state: ended.state, facts: [...seen.facts, ...ended.facts] };
}

function countSeen(before: RunState | undefined, run: RunObservation): Transition<RunState> {
  const merged = mergeRun(before, run);
  const facts: Fact[] = before === undefined ? [{ kind: 'run_seen', run, status: 'queued' }] : [];
  const { status, conclusion } = run;
  const isBegun = status === 'in_progress' || (status === 'completed' && AFTER_PROGRESS.has(conclusion));
  if (!isBegun || merged.progressCounted) return { state: merged, facts };
  return {
    state: { ...merged, progressCounted: true },
    facts: [...facts, { kind: 'run_seen', run, status: 'in_progress' }],
  };
}

function countEnd(merged: RunState, run: RunObservation, nowMs: number): Transition<RunState> {
  const counted = isHeld(run) ? 'heldCounted' : 'completionCounted';
  if (run.status !== 'completed' || merged[counted]) return { state: merged, facts: [] };
  const { durationMs, anomalies } = durationBetween(run.runStartedAtMs, run.updatedAtMs, 'run_duration');
  const settlesAtMs = isHeld(run) ? merged.settlesAtMs : nowMs + HOLD_MS;
  return {
    state: { ...merged, [counted]: true, settlesAtMs },
    facts: [{ kind: 'run_completed', run, durationMs }, ...anomalies],
  };
}

function mergeRun(before: RunState | undefined, run: RunObservation): RunState {
  const { kind: _, source: __, forTrace: ___, observedAtMs, ...fields } = run;
  const reported: RunState = {
    ...fields,
    firstSeenAtMs: observedAtMs,
    statusAtMs: observedAtMs,
    completionCounted: false,
    heldCounted: false,
    progressCounted: false,
    settlesAtMs: null,
    settleLabels: null,
    queueMs: null,
    rerunKind: null,
    goneAtMs: null,
    confirmedAtMs: null,
  };
  if (before === undefined) return reported;
  const merged = supersedes(reported, before, rankOf) ? filled(reported, before) : filled(before, reported);
  return {
    ...merged,
    // Only an end has a conclusion: a held run that continued has lost that of the hold.
    conclusion: merged.status === 'completed' ? merged.conclusion : null,
    firstSeenAtMs: earlier(before.firstSeenAtMs, reported.firstSeenAtMs),
    completionCounted: before.completionCounted,
    heldCounted: before.heldCounted,
    progressCounted: before.progressCounted,
  };
}
