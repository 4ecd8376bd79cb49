import type { JobObservation } from '../observation.ts';
import { isCheckRun, observationOf } from './check-run.ts';
import { durationBetween } from './duration.ts';
import { countCause, countEnd } from './end.ts';
import { countEntries } from './entry.ts';
import { isNewStart } from './execution.ts';
import type { Fact, Transition } from './fact.ts';
import { HOLD_MS, queueOf } from './gate.ts';
import { earlier, filled, later, supersedes } from './merge.ts';
import { NEW_JOB } from './new-job.ts';
import { hasStarted } from './started.ts';
import type { JobState } from './state.ts';
import { STATUS_RANK } from './status.ts';

/*
 * The life of a job: queued ⇄ waiting → in_progress → completed, reported by observations that may come in
 * any order, repeatedly, or not at all. Each observation is merged into the known state. Then everything that
 * has become certain is counted: the queue time, the time behind a gate (gate.ts), the end (end.ts), each
 * once per execution (execution.ts).
 */

/**
 * Applies one observation of a job. `known` contains the states of all jobs of its name in its run, of every
 * attempt, and the job's own state if there is one. A possible check run of another tool counts nothing until
 * something proves that it is a job (check-run.ts). Then its end counts, if that arrived before.
 */
export function transitionJob(
  known: readonly JobState[],
  job: JobObservation,
  nowMs: number,
): Transition<JobState> {
  const before = known.find((state) => state.jobId === job.jobId);
  const others = known.filter((state) => state.jobId !== job.jobId && state.isJob);
  const merged = mergeJob(before, job);
  if (!merged.isJob) return { state: merged, facts: [{ kind: 'ignored', reason: 'check_run' }] };
  const waited = countWaits(merged, others, nowMs);
  const end = job.status === 'completed' ? job : earlierEnd(before);
  const ended = countEnd(waited.state, end, { others, nowMs });
  const caused = countCause(ended.state, { others, nowMs });
  const entered = countEntries(caused.state, others);
  return {
    state: entered.state,
    facts: [...entered.facts, ...waited.facts, ...ended.facts, ...caused.facts],
  };
}

/** The end that arrived before anything proved that it belongs to a job. */
function earlierEnd(before: JobState | undefined): JobObservation | null {
  return before !== undefined && !before.isJob && before.status === 'completed'
    ? observationOf(before)
    : null;
}

/** Counts what was held until no gate event can arrive any more. */
export function releaseHold(held: JobState, known: readonly JobState[], nowMs: number): Transition<JobState> {
  const others = known.filter((state) => state.isJob);
  const waited = countWaits(held, others, nowMs);
  const caused = countCause(waited.state, { others, nowMs });
  return {
    state: { ...caused.state, heldUntilMs: null, heldLabels: null },
    facts: [...waited.facts, ...caused.facts],
  };
}

function countWaits(state: JobState, others: readonly JobState[], nowMs: number): Transition<JobState> {
  const facts: Fact[] = [];
  let { approvalCounted, queueCounted, queueMs, heldUntilMs } = state;
  const queue = queueOf(state, nowMs);
  if (!approvalCounted && queue.approvalFromMs !== null) {
    const { durationMs, anomalies } = durationBetween(queue.approvalFromMs, queue.sinceMs, 'job_approval');
    if (durationMs !== null) facts.push({ kind: 'job_approved', job: state, approvalMs: durationMs });
    facts.push(...anomalies);
    approvalCounted = true;
  }
  if (!queueCounted && isNewStart(state, others)) {
    const { durationMs, anomalies } = durationBetween(queue.sinceMs, state.startedAtMs, 'job_queue');
    if (durationMs !== null) {
      facts.push({ kind: 'job_started', job: state, queueMs: durationMs });
      queueMs = durationMs;
    }
    facts.push(...anomalies);
    // A damaged time stays unknown: only its anomaly is counted.
    queueCounted = durationMs !== null || anomalies.length > 0;
    if (queue.isUncertain) heldUntilMs ??= nowMs + HOLD_MS;
  }
  if (queueCounted && !state.isCauseOpen) heldUntilMs = null;
  const isSame =
    facts.length === 0 && approvalCounted === state.approvalCounted && heldUntilMs === state.heldUntilMs;
  return { state: isSame ? state : { ...state, approvalCounted, queueCounted, queueMs, heldUntilMs }, facts };
}

function mergeJob(before: JobState | undefined, job: JobObservation): JobState {
  const reported = stateOf(job);
  if (before === undefined) return reported;
  const merged = supersedes(reported, before) ? filled(reported, before) : filled(before, reported);
  const { queueCounted, approvalCounted, entriesCounted, servedCounted } = before;
  const latestQueue = (reported.queuedAtMs ?? 0) > (before.queuedAtMs ?? 0) ? reported : before;
  return {
    ...merged,
    firstSeenAtMs: earlier(before.firstSeenAtMs, reported.firstSeenAtMs),
    waitedAtMs: later(before.waitedAtMs, reported.waitedAtMs),
    queuedAtMs: latestQueue.queuedAtMs,
    releasedAtMs: latestQueue.releasedAtMs,
    inQueueAtMs: later(before.inQueueAtMs, reported.inQueueAtMs),
    isJob: before.isJob || reported.isJob,
    isOwn: before.isOwn || reported.isOwn,
    hasEnvironment: before.hasEnvironment || reported.hasEnvironment,
    hasStarted: before.hasStarted || reported.hasStarted,
    // What is counted of the end needs no merging: a completed state is never superseded.
    queueCounted,
    approvalCounted,
    entriesCounted,
    servedCounted,
  };
}

function stateOf(job: JobObservation): JobState {
  const { status, observedAtMs } = job;
  // A list shows that it is queued, but not since when.
  const isQueued = status === 'queued' && job.source !== 'api';
  return {
    ...NEW_JOB,
    repository: job.repository,
    workflow: job.workflow,
    jobId: job.jobId,
    runId: job.runId,
    runAttempt: job.runAttempt,
    name: job.name,
    status,
    conclusion: job.conclusion,
    createdAtMs: job.createdAtMs,
    startedAtMs: STATUS_RANK[status] >= STATUS_RANK.in_progress ? job.startedAtMs : null,
    completedAtMs: job.completedAtMs,
    runsOn: job.runsOn,
    runnerId: job.runnerId,
    runnerName: job.runnerName,
    runnerGroup: job.runnerGroup,
    headBranch: job.headBranch,
    branch: job.branch,
    headSha: job.headSha,
    hasEnvironment: job.hasEnvironment,
    isJob: !isCheckRun(job),
    isOwn: status !== 'completed',
    hasStarted: hasStarted(job),
    firstSeenAtMs: observedAtMs,
    statusAtMs: observedAtMs,
    waitedAtMs: status === 'waiting' ? observedAtMs : null,
    queuedAtMs: isQueued ? observedAtMs : null,
    releasedAtMs: isQueued ? (job.deploymentUpdatedAtMs ?? observedAtMs) : null,
    inQueueAtMs: status === 'queued' ? observedAtMs : null,
  };
}
