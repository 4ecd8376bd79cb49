import { failureCauseOf } from '../failure-cause.ts';
import type { JobObservation } from '../observation.ts';
import { durationBetween } from './duration.ts';
import { isNewEnd, newFlakes, sameEnds } from './execution.ts';
import type { Fact, Transition } from './fact.ts';
import { causeBehindGate, HOLD_MS } from './gate.ts';
import { hasStarted } from './started.ts';
import type { JobState } from './state.ts';

/** Counts the end of a job, if it has one that is not counted yet. `state` is the merged state. */
export function countEnd(
  state: JobState,
  end: JobObservation | null,
  { others, nowMs }: PayloadContext,
): Transition<JobState> {
  if (end === null || state.completionCounted) return { state, facts: [] };
  const isNew = isNewEnd(state, others);
  const flakes = newFlakes(state, others);
  const isCauseOpen = isNew && end.conclusion === 'failure' && !hasStarted(end);
  // A list does not say whether the job has an environment, unlike the webhook that queues it: there may have
  // been a gate.
  const isVague = isCauseOpen && end.source === 'api' && state.queuedAtMs === null;
  const heldUntilMs = isVague ? heldUntil(state, nowMs) : state.heldUntilMs;
  const flakyCounted = state.flakyCounted + flakes;
  const { durationMs, facts } = isNew ? endOf(end) : { durationMs: null, facts: [] };
  return {
    state: { ...state, durationMs, completionCounted: isNew, isCauseOpen, heldUntilMs, flakyCounted },
    facts: [
      ...facts,
      ...(isNew && !isCauseOpen ? causeFacts(end) : []),
      ...(flakes > 0 ? [{ kind: 'job_flaky', job: end, times: flakes } as const] : []),
    ],
  };
}

interface PayloadContext {
  /** The other jobs of its name in its run. */
  readonly others: readonly JobState[];
  readonly nowMs: number;
}

/** Counts why a job failed that no runner took, once no gate event can change that. */
export function countCause(state: JobState, { others, nowMs }: PayloadContext): Transition<JobState> {
  if (!state.isCauseOpen) return { state, facts: [] };
  const cause = causeBehindGate(state, sameEnds(state, others), nowMs);
  if (cause === null) return { state: { ...state, heldUntilMs: heldUntil(state, nowMs) }, facts: [] };
  return { state: { ...state, isCauseOpen: false }, facts: [{ kind: 'job_failed', job: state, cause }] };
}

function heldUntil({ heldUntilMs }: JobState, nowMs: number): number {
  return heldUntilMs ?? nowMs + HOLD_MS;
}

function endOf(end: JobObservation): { readonly durationMs: number | null; readonly facts: readonly Fact[] } {
  const { durationMs, anomalies } = hasStarted(end)
    ? durationBetween(end.startedAtMs, end.completedAtMs, 'job_duration')
    : { durationMs: null, anomalies: [] };
  return { durationMs, facts: [{ kind: 'job_completed', job: end, durationMs }, ...anomalies] };
}

function causeFacts(end: JobObservation): Fact[] {
  const cause = failureCauseOf(end);
  return cause === null ? [] : [{ kind: 'job_failed', job: end, cause }];
}
