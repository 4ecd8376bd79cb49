import type { JobObservation } from '../observation.ts';
import { durationBetween } from './duration.ts';
import type { Fact, Transition } from './fact.ts';
import { earlier, filled, later, supersedes } from './merge.ts';
import type { JobState } from './state.ts';
import { STATUS_RANK } from './status.ts';

/*
 * The life of a job: queued ⇄ waiting → in_progress → completed, told by observations that may come in any order, more
 * than once, or not at all.
 *
 * Two facts are counted, each once for each execution. The same execution can be reported under several job ids: after
 * "re-run failed jobs" GitHub sends `completed` again, under new ids and the new attempt, for the jobs that did not run
 * again. Reports of one execution agree in run, name, times and runner. Within one attempt every report is an execution
 * of its own, so the number of executions is the highest number of such reports in any one attempt, and a report
 * counts while it exceeds what is already counted. That needs no knowledge of which report came first. (The
 * creation is the report's own and may lie after the start; such a report tells nothing of the time in the queue.)
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

/** Whether a runner took the job. Skipped jobs and jobs cancelled before that have times, but they mean nothing. */
export function hasStarted(job: JobObservation): boolean {
  if (STATUS_RANK[job.status] < STATUS_RANK.in_progress || job.conclusion === 'skipped') return false;
  return job.steps.length > 0 || (job.runnerId ?? 0) > 0;
}

/** GitHub's clocks differ by a second or two. */
const CLOCK_SKEW_MS = 5000;

/** Whether a report tells how long its execution queued: not when it was created clearly after the start. */
function tellsQueueTime(job: JobObservation): boolean {
  return (job.createdAtMs ?? 0) - (job.startedAtMs ?? 0) <= CLOCK_SKEW_MS;
}

/**
 * Applies one observation of a job. `known` holds the states of all jobs of its name in its run, of every attempt,
 * and the job's own state if there is one.
 */
export function transitionJob(known: readonly JobState[], job: JobObservation): Transition<JobState> {
  const before = known.find((state) => state.jobId === job.jobId);
  const merged = mergeJob(before, job);
  const others = known.filter((state) => state.jobId !== job.jobId);
  const facts: Fact[] = [];
  let { queueCounted, completionCounted } = merged;
  if (!queueCounted && isNewStart(merged, others, job)) {
    const { durationMs, anomalies } = durationBetween(job.createdAtMs, job.startedAtMs, 'job_queue');
    if (durationMs !== null) {
      facts.push({ kind: 'job_started', job, queueMs: durationMs }, ...anomalies);
      queueCounted = true;
    }
  }
  if (!completionCounted && job.status === 'completed' && isNewEnd(merged, others)) {
    const { durationMs, anomalies } = hasStarted(job)
      ? durationBetween(job.startedAtMs, job.completedAtMs, 'job_duration')
      : { durationMs: null, anomalies: [] };
    facts.push({ kind: 'job_completed', job, durationMs }, ...anomalies);
    completionCounted = true;
  }
  return { state: { ...merged, queueCounted, completionCounted }, facts };
}

function isNewStart(state: JobState, others: readonly JobState[], job: JobObservation): boolean {
  if (!hasStarted(job) || !tellsQueueTime(job)) return false;
  const reports = others.filter((other) => isSameStart(other, state));
  return exceedsCounted(state, reports, (report) => report.queueCounted);
}

function isNewEnd(state: JobState, others: readonly JobState[]): boolean {
  const reports = others.filter(
    (other) =>
      other.status === 'completed' &&
      isSameStart(other, state) &&
      other.completedAtMs === state.completedAtMs,
  );
  return exceedsCounted(state, reports, (report) => report.completionCounted);
}

function isSameStart(a: JobState, b: JobState): boolean {
  return a.startedAtMs === b.startedAtMs && a.runnerId === b.runnerId && a.runnerName === b.runnerName;
}

function exceedsCounted(
  state: JobState,
  reports: readonly JobState[],
  isCounted: (report: JobState) => boolean,
) {
  const inAttempt = 1 + reports.filter((report) => report.runAttempt === state.runAttempt).length;
  return inAttempt > reports.filter(isCounted).length;
}

function mergeJob(before: JobState | undefined, job: JobObservation): JobState {
  const told = stateOf(job);
  if (before === undefined) return told;
  const merged = supersedes(told, before) ? filled(told, before) : filled(before, told);
  return {
    ...merged,
    firstSeenAtMs: earlier(before.firstSeenAtMs, told.firstSeenAtMs),
    waitedAtMs: later(before.waitedAtMs, told.waitedAtMs),
    queueCounted: before.queueCounted,
    completionCounted: before.completionCounted,
  };
}

function stateOf(job: JobObservation): JobState {
  const { kind: _, source: __, steps: ___, observedAtMs, ...told } = job;
  const hasRealStart = STATUS_RANK[job.status] >= STATUS_RANK.in_progress;
  return {
    ...told,
    startedAtMs: hasRealStart ? job.startedAtMs : null,
    firstSeenAtMs: observedAtMs,
    statusAtMs: observedAtMs,
    waitedAtMs: job.status === 'waiting' ? observedAtMs : null,
    queueCounted: false,
    completionCounted: false,
  };
}
