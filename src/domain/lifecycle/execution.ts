import type { JobState } from './state.ts';

/*
 * Executions and their reports. One execution can be reported under several job ids: after "re-run failed
 * jobs" GitHub sends `completed` again, under new ids and the new attempt, for the jobs that did not run
 * again. All reports of one execution have the same run, name, times, runner and conclusion. Within one
 * attempt every report is an execution of its own, so the number of executions is the highest number of such
 * reports in any one attempt, and a report counts while it exceeds what is already counted. This does not
 * require knowing which report came first.
 */

/** GitHub's clocks differ by a second or two. */
export const CLOCK_SKEW_MS = 5000;

/** The conclusions of a job or run that failed. */
export const FAILURES = ['failure', 'timed_out', 'startup_failure'] as const;
const FAILED: ReadonlySet<string | null> = new Set(FAILURES);

/** Whether this conclusion means that a job or run failed. */
export function isFailed(conclusion: string | null): boolean {
  return FAILED.has(conclusion);
}

/** Whether the start of this job on a runner is known and not counted under another id. */
export function isNewStart(
  state: JobState,
  others: readonly JobState[],
): state is JobState & { readonly startedAtMs: number } {
  if (!state.hasStarted || state.startedAtMs === null) return false;
  // A report may have its own creation time, after the start. That says nothing about the queue time.
  if ((state.createdAtMs ?? 0) - state.startedAtMs > CLOCK_SKEW_MS) return false;
  const reports = others.filter((other) => isSameStart(other, state));
  // Behind a gate, only the report that knows about the gate contains the queue time of the execution.
  if (state.waitedAtMs === null && reports.some(({ waitedAtMs }) => waitedAtMs !== null)) return false;
  return exceedsCounted(state, reports, (report) => report.queueCounted);
}

/** Whether the end of this completed job is not counted under another id. */
export function isNewEnd(state: JobState, others: readonly JobState[]): boolean {
  return exceedsCounted(state, sameEnds(state, others), (report) => report.completionCounted);
}

/** The other reports of the end of this completed job's execution. */
export function sameEnds(state: JobState, others: readonly JobState[]): readonly JobState[] {
  return others.filter(
    (other) =>
      other.status === 'completed' &&
      isSameStart(other, state) &&
      other.completedAtMs === state.completedAtMs &&
      other.conclusion === state.conclusion,
  );
}

function isSameStart(a: JobState, b: JobState): boolean {
  return a.startedAtMs === b.startedAtMs && a.runnerId === b.runnerId && a.runnerName === b.runnerName;
}

function exceedsCounted(
  state: JobState,
  reports: readonly JobState[],
  isCounted: (report: JobState) => boolean,
): boolean {
  const inAttempt = 1 + reports.filter((report) => report.runAttempt === state.runAttempt).length;
  return inAttempt > reports.filter(isCounted).length;
}

/**
 * How many changes from failure in one attempt to success in a later one (of the same run, and so of the same
 * commit) are known and not counted yet. More knowledge never reduces them.
 */
export function newFlakes(state: JobState, others: readonly JobState[]): number {
  const completed = [state, ...others].filter(({ status }) => status === 'completed');
  const counted = completed.reduce((sum, { flakyCounted }) => sum + flakyCounted, 0);
  return Math.max(0, mostFlakes(completed) - counted);
}

/**
 * The successes in the longest alternating chain of failures and successes, each in a later attempt than the
 * one before and started after its end. Carried-over reports have the times of their execution, so they do
 * not count as new ones.
 */
function mostFlakes(completed: readonly JobState[]): number {
  const flakes = new Map<JobState, number>();
  for (const state of completed.toSorted((a, b) => a.runAttempt - b.runAttempt)) {
    const isFailure = isFailed(state.conclusion);
    if (!isFailure && state.conclusion !== 'success') continue;
    const before = [...flakes].filter(
      ([other]) => isFailed(other.conclusion) !== isFailure && isOverBefore(other, state),
    );
    const most = Math.max(0, ...before.map(([, count]) => count));
    if (isFailure) flakes.set(state, most);
    else if (before.length > 0) flakes.set(state, most + 1);
  }
  return Math.max(0, ...flakes.values());
}

function isOverBefore(a: JobState, b: JobState): boolean {
  return a.runAttempt < b.runAttempt && (a.completedAtMs ?? 0) <= (b.startedAtMs ?? Number.POSITIVE_INFINITY);
}
