import { CLOCK_SKEW_MS } from './execution.ts';
import type { Transition } from './fact.ts';
import type { JobState } from './state.ts';

/*
 * Entries into the queue: how many jobs there really were, of those of one name in one run. A job that was reported
 * before its end (`isOwn`) is one, for sure. One of which only the end is known, and that it ran, is another, unless it is
 * the report of an execution that a re-run carries over. Whose execution that is may not be known yet: that of a job which
 * is still waiting. So what counts is the smallest number of jobs that explains all reports. More knowledge never
 * reduces it, and it does not depend on the order in which that came.
 */

/** Counts the entries that have become certain. `others` are the other jobs of its name in its run. */
export function countEntries(state: JobState, others: readonly JobState[]): Transition<JobState> {
  const jobs = [state, ...others];
  const counted = jobs.reduce((sum, { entriesCounted }) => sum + entriesCounted, 0);
  const times = Math.max(0, certainEntries(jobs) - counted);
  if (times === 0) return { state, facts: [] };
  return {
    state: { ...state, entriesCounted: state.entriesCounted + times },
    facts: [{ kind: 'job_queued', job: state, times }],
  };
}

function certainEntries(jobs: readonly JobState[]): number {
  const own = jobs.filter(({ isOwn }) => isOwn);
  const ended = jobs.filter(mayHaveRun);
  if (ended.length === 0) return own.length;
  const ownByStart = Map.groupBy(own.filter(hasKnownStart), startOf);
  const unexplained = Map.groupBy(ended, startOf)
    .entries()
    .reduce((sum, [start, reports]) => sum + excess(reports, ownByStart.get(start) ?? []), 0);
  const unknown = own.filter((job) => !hasKnownStart(job) && job.status !== 'completed');
  return own.length + Math.max(0, unexplained - unknown.length);
}

/** Only its end is known. A report that was created after the start of the job is one that is carried over. */
function mayHaveRun(job: JobState): boolean {
  return !job.isOwn && hasKnownStart(job) && (job.createdAtMs ?? 0) - (job.startedAtMs ?? 0) <= CLOCK_SKEW_MS;
}

function hasKnownStart({ hasStarted, startedAtMs }: JobState): boolean {
  return hasStarted && startedAtMs !== null;
}

function startOf({ startedAtMs, runnerId, runnerName }: JobState): string {
  return `${startedAtMs} ${runnerId} ${runnerName}`;
}

/** The executions of one start beyond those of these own jobs: each attempt reports each execution once. */
function excess(reports: readonly JobState[], own: readonly JobState[]): number {
  const byAttempt = Map.groupBy([...reports, ...own], ({ runAttempt }) => runAttempt);
  const executions = Math.max(...byAttempt.values().map(({ length }) => length));
  return Math.max(0, executions - own.length);
}
