import { failureCauseOf } from '../failure-cause.ts';
import type { JobObservation } from '../observation.ts';
import { durationBetween } from './duration.ts';
import { isNewEnd, isNewStart, newFlakes } from './execution.ts';
import type { Fact, Transition } from './fact.ts';
import { HOLD_MS, queueOf } from './gate.ts';
import { earlier, filled, later, supersedes } from './merge.ts';
import { hasStarted } from './started.ts';
import type { JobState } from './state.ts';
import { STATUS_RANK } from './status.ts';

/*
 * The life of a job: queued ⇄ waiting → in_progress → completed, told by observations that may come in any order, more
 * than once, or not at all. Each observation is merged into what is known; then whatever has become certain is counted:
 * the time in the queue, the time behind a gate (gate.ts), the end, each once for each execution (execution.ts).
 */

/**
 * A check run that another tool reports in the run's name. GitHub sends it as a job that asks for no runner, has none,
 * and has no steps. Real jobs look like that only when they were skipped, cancelled, or are still queued.
 */
export function isCheckRun(job: JobObservation): boolean {
  return (
    STATUS_RANK[job.status] >= STATUS_RANK.in_progress &&
    job.runnerId === null &&
    job.runsOn.length === 0 &&
    job.steps.length === 0 &&
    job.conclusion !== 'skipped' &&
    job.conclusion !== 'cancelled'
  );
}

/**
 * Applies one observation of a job. `known` holds the states of all jobs of its name in its run, of every attempt,
 * and the job's own state if there is one.
 */
export function transitionJob(
  known: readonly JobState[],
  job: JobObservation,
  nowMs: number,
): Transition<JobState> {
  const before = known.find((state) => state.jobId === job.jobId);
  const others = known.filter((state) => state.jobId !== job.jobId);
  const merged = mergeJob(before, job);
  const waited = countWaits(merged, others, nowMs);
  if (merged.completionCounted || job.status !== 'completed') return waited;
  const isNew = isNewEnd(merged, others);
  const flakes = newFlakes(merged, others);
  return {
    state: { ...waited.state, completionCounted: isNew, flakyCounted: merged.flakyCounted + flakes },
    facts: [
      ...waited.facts,
      ...(isNew ? endFacts(job) : []),
      ...(flakes > 0 ? [{ kind: 'job_flaky', job, times: flakes } as const] : []),
    ],
  };
}

/** Counts the queue time of a job that was held for a word of a gate, now that none has come in time. */
export function releaseHold(
  held: JobState,
  others: readonly JobState[],
  nowMs: number,
): Transition<JobState> {
  const { state, facts } = countWaits(held, others, nowMs);
  return { state: { ...state, heldUntilMs: null }, facts };
}

function countWaits(state: JobState, others: readonly JobState[], nowMs: number): Transition<JobState> {
  const facts: Fact[] = [];
  let { approvalCounted, queueCounted, heldUntilMs } = state;
  const queue = queueOf(state, nowMs);
  if (!approvalCounted && queue.approvalFromMs !== null) {
    const { durationMs, anomalies } = durationBetween(queue.approvalFromMs, queue.sinceMs, 'job_approval');
    if (durationMs !== null) facts.push({ kind: 'job_approved', job: state, approvalMs: durationMs });
    facts.push(...anomalies);
    approvalCounted = true;
  }
  if (!queueCounted && isNewStart(state, others)) {
    const { startedAtMs } = state;
    const { durationMs, anomalies } = durationBetween(queue.sinceMs, startedAtMs, 'job_queue');
    if (durationMs !== null && startedAtMs !== null) {
      facts.push({ kind: 'job_started', job: { ...state, startedAtMs }, queueMs: durationMs });
    }
    facts.push(...anomalies);
    // A damaged time is unknown for good: its anomaly is all that it counts.
    queueCounted = durationMs !== null || anomalies.length > 0;
    if (queue.isUncertain) heldUntilMs ??= nowMs + HOLD_MS;
  }
  return {
    state: { ...state, approvalCounted, queueCounted, heldUntilMs: queueCounted ? null : heldUntilMs },
    facts,
  };
}

function endFacts(job: JobObservation): Fact[] {
  const { durationMs, anomalies } = hasStarted(job)
    ? durationBetween(job.startedAtMs, job.completedAtMs, 'job_duration')
    : { durationMs: null, anomalies: [] };
  const cause = failureCauseOf(job);
  return [
    { kind: 'job_completed', job, durationMs },
    ...anomalies,
    ...(cause === null ? [] : [{ kind: 'job_failed', job, cause } as const]),
  ];
}

function mergeJob(before: JobState | undefined, job: JobObservation): JobState {
  const told = stateOf(job);
  if (before === undefined) return told;
  const merged = supersedes(told, before) ? filled(told, before) : filled(before, told);
  const { queueCounted, approvalCounted } = before;
  const latestQueue = (told.queuedAtMs ?? 0) > (before.queuedAtMs ?? 0) ? told : before;
  return {
    ...merged,
    firstSeenAtMs: earlier(before.firstSeenAtMs, told.firstSeenAtMs),
    waitedAtMs: later(before.waitedAtMs, told.waitedAtMs),
    queuedAtMs: latestQueue.queuedAtMs,
    releasedAtMs: latestQueue.releasedAtMs,
    hasEnvironment: before.hasEnvironment || told.hasEnvironment,
    hasStarted: before.hasStarted || told.hasStarted,
    // What is counted of the end needs no word here: what is completed is never superseded.
    queueCounted,
    approvalCounted,
    confirmedAtMs: later(before.confirmedAtMs, told.confirmedAtMs),
  };
}

function stateOf(observation: JobObservation): JobState {
  const { kind: _, source, steps: ___, observedAtMs, ...rest } = observation;
  const { isPublicRepository: ____, deploymentUpdatedAtMs, ...told } = rest;
  // A list tells that it is queued, not since when.
  const isQueued = told.status === 'queued' && source !== 'api';
  return {
    ...told,
    startedAtMs: STATUS_RANK[told.status] >= STATUS_RANK.in_progress ? told.startedAtMs : null,
    hasStarted: hasStarted(observation),
    firstSeenAtMs: observedAtMs,
    statusAtMs: observedAtMs,
    waitedAtMs: told.status === 'waiting' ? observedAtMs : null,
    queuedAtMs: isQueued ? observedAtMs : null,
    releasedAtMs: isQueued ? (deploymentUpdatedAtMs ?? observedAtMs) : null,
    heldUntilMs: null,
    queueCounted: false,
    approvalCounted: false,
    completionCounted: false,
    flakyCounted: 0,
    goneAtMs: null,
    confirmedAtMs: source === 'api' && told.status !== 'completed' ? observedAtMs : null,
  };
}
