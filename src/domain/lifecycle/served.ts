import type { Fact } from './fact.ts';
import type { Repeats } from './repeat.ts';
import type { JobState } from './state.ts';

/*
 * Jobs of which both the queue time and the end are counted: whichever comes last establishes that. A report that a
 * re-run carries over may have one of them, and the report of the execution itself the other.
 */

/** Counts those among these jobs. `jobs`: all of one name in one run, of every attempt. */
export function countServed(jobs: readonly JobState[]): Repeats {
  const changed: JobState[] = [];
  const facts: Fact[] = [];
  for (const job of jobs) {
    const { queueMs, queueCounted, servedCounted } = job;
    if (servedCounted || !queueCounted || queueMs === null) continue;
    const reports = jobs.filter((other) => isSameExecution(other, job));
    const ends = reports.filter(({ completionCounted }) => completionCounted);
    const [end] = ends;
    if (end === undefined) continue;
    const done = reports.filter(
      (each) => each.servedCounted || changed.some(({ jobId }) => jobId === each.jobId),
    );
    if (done.length >= ends.length) continue;
    changed.push({ ...job, servedCounted: true });
    facts.push({ kind: 'job_served', job: end, queueMs });
  }
  return { changed, facts };
}

function isSameExecution(a: JobState, b: JobState): boolean {
  return (
    a.isJob && a.startedAtMs === b.startedAtMs && a.runnerId === b.runnerId && a.runnerName === b.runnerName
  );
}
