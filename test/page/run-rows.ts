import type { Attempt, Job, Run } from '../../simulator/model.ts';
import { stepsAtEnd } from '../../simulator/steps-of.ts';
import { approvalOf, lastReported, queueMsOf } from '../../simulator/truth-reported.ts';
import type { World } from '../../simulator/world.ts';

/*
 * What the view of a run must show of a simulated world, in the most naive way: from what happened in it,
 * without any code of the service.
 */

export interface WorldRunRow {
  readonly job: string;
  readonly step: string;
  readonly conclusion: string;
  readonly queueSeconds: number | null;
  readonly seconds: number | null;
}

/** The jobs of an attempt that were reported, each followed by its steps. */
export function runRows(run: Run, attempt: Attempt, world: World): WorldRunRow[] {
  return attempt.jobs
    .filter(({ kind }) => kind !== 'check_run')
    .flatMap((job) => {
      const last = lastReported(job, world.endMs);
      if (last === undefined) return [];
      const isOver = last.status === 'completed';
      const row: WorldRunRow = {
        job: job.name,
        step: '',
        conclusion: isOver ? job.conclusion : last.status,
        queueSeconds: secondsOf(queueMsOf(executionOf(job, run), world.endMs)),
        seconds: isOver && job.kind === 'ran' ? (job.completedMs - job.startedMs) / 1000 : null,
      };
      return [row, ...(isOver && job.kind === 'ran' ? stepRows(job) : [])];
    });
}

/** A report of a job that did not run again may have its own creation. */
function executionOf(job: Job, run: Run): Job {
  if (!job.carriedOver) return job;
  const all = run.attempts.flatMap(({ jobs }) => jobs).filter(({ carriedOver }) => !carriedOver);
  return all.find(({ name, startedMs }) => name === job.name && startedMs === job.startedMs) ?? job;
}

function stepRows(job: Job): WorldRunRow[] {
  return stepsAtEnd(job).map(({ name, conclusion, started_at, completed_at }) => {
    const endMs = completed_at === null ? job.completedMs : Date.parse(completed_at);
    const hasTime = started_at !== null && conclusion !== 'skipped';
    const seconds = hasTime ? Math.max(0, endMs - Date.parse(started_at)) / 1000 : null;
    return { job: job.name, step: name, conclusion: conclusion ?? 'not ended', queueSeconds: null, seconds };
  });
}

function secondsOf(ms: number | null): number | null {
  // A clock that is behind another makes a time negative, which counts as 0.
  return ms === null ? null : Math.max(0, ms) / 1000;
}

/** The slowest step of an attempt, in seconds; null: none is known. */
export function slowestSeconds(run: Run, attempt: Attempt, world: World): number | null {
  const own = { ...attempt, jobs: attempt.jobs.filter(({ carriedOver }) => !carriedOver) };
  const seconds = runRows(run, own, world).flatMap((row) => (row.step === '' ? [] : [row.seconds ?? 0]));
  return seconds.length === 0 ? null : Math.max(...seconds);
}

/** Runs of every kind: with several attempts, held by an approval, not over, with a matrix. */
export function variedRuns(runs: readonly Run[], world: World): Run[] {
  const hasEnded = (run: Run) => run.endMs <= world.endMs;
  const jobsOf = (run: Run) => run.attempts.flatMap(({ jobs }) => jobs);
  const kinds: readonly ((run: Run) => boolean)[] = [
    (run) => hasEnded(run) && run.attempts.length > 1,
    (run) => hasEnded(run) && jobsOf(run).some((job) => approvalOf(job, world.endMs) !== null),
    (run) => !hasEnded(run) && jobsOf(run).some((job) => lastReported(job, world.endMs) !== undefined),
    (run) => hasEnded(run) && jobsOf(run).some(({ failure }) => failure !== null),
    (run) => hasEnded(run) && jobsOf(run).some(({ plan }) => plan?.matrix !== undefined),
    (run) => hasEnded(run) && jobsOf(run).some(({ kind }) => kind === 'not_started'),
  ];
  return [...new Set(kinds.flatMap((isKind) => runs.filter(isKind).slice(0, 1)))];
}
