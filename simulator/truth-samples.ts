import type { Attempt, Job, Run } from './model.ts';
import { type Labels, labelText, secondsOf } from './truth-numbers.ts';
import {
  branchOf,
  executionsOf,
  lastReported,
  nameOf,
  placeOf,
  queueMsOf,
  reportedEnd,
  runsOnOf,
} from './truth-reported.ts';
import { runsOf, type World } from './world.ts';

/*
 * The samples with GitHub's own times that must be pushed for a world: the second half of the truth, as
 * naive as the first. The time of a sample is in milliseconds: the second that GitHub reports, and the last
 * three digits of the id for the rest, so that jobs that end in the same second stay apart.
 */

/**
 * One line for each run attempt, execution of a job, and queue time: `name{labels} seconds time`,
 * sorted. A carried-over job is the same execution under other ids. Any of its reports may be the one that is
 * counted; then ` # or` and the other possible times follow.
 */
export function truthSamplesOf(world: World): string {
  return truthSamplesOfRuns(runsOf(world), world.endMs);
}

/** The same for the given runs, as far as they happened by `endMs`. */
export function truthSamplesOfRuns(runs: Iterable<Run>, endMs: number): string {
  const lines: string[] = [];
  for (const run of runs) {
    for (const attempt of run.attempts) {
      lines.push(...runSamples(run, attempt, endMs));
      for (const job of executionsOf(attempt)) {
        lines.push(...durationSamples(run, job, endMs), ...queueSamples(run, job, endMs));
      }
    }
  }
  return lines.sort().join('');
}

function runSamples(run: Run, attempt: Attempt, endMs: number): string[] {
  const end = reportedEnd(attempt, endMs);
  if (end === undefined) return [];
  const { conclusion } = attempt;
  const labels = { ...placeOf(run), event: run.event, branch: branchOf(run), conclusion };
  return [sample('run_duration', labels, end.atMs - attempt.startedMs, [timeOf(end.atMs, run)])];
}

function durationSamples(run: Run, job: Job, endMs: number): string[] {
  if (job.kind !== 'ran' || lastReported(job, endMs)?.status !== 'completed') return [];
  const { conclusion, startedMs, completedMs } = job;
  const labels = { ...placeOf(run), job_name: nameOf(job), runs_on: runsOnOf(run, job), conclusion };
  const times = reportsOf(run, job, endMs).map((report) => timeOf(completedMs, report));
  return [sample('job_duration', labels, completedMs - startedMs, times)];
}

function queueSamples(run: Run, job: Job, endMs: number): string[] {
  const queueMs = queueMsOf(job, endMs);
  if (queueMs === null) return [];
  const labels = { ...placeOf(run), job_name: nameOf(job), runs_on: runsOnOf(run, job) };
  // Only a report with the true creation gives the queue time, and no report of a carried-over job shows
  // a gate.
  const reports = reportsOf(run, job, endMs).filter(
    (report) => report === job || (report.createdMs === job.createdMs && !isGated(job)),
  );
  return [
    sample(
      'job_queue',
      labels,
      queueMs,
      reports.map((report) => timeOf(job.startedMs, report)),
    ),
  ];
}

/** The job, and where later attempts report the same execution again. */
function reportsOf(run: Run, job: Job, endMs: number): Job[] {
  const again = run.attempts
    .flatMap(({ jobs }) => jobs)
    .filter(
      (other) =>
        other.carriedOver &&
        other.name === job.name &&
        other.startedMs === job.startedMs &&
        other.completedMs === job.completedMs &&
        other.runner?.name === job.runner?.name,
    );
  return [job, ...again.filter((other) => lastReported(other, endMs) !== undefined)];
}

function isGated(job: Job): boolean {
  return job.moments.some(({ action }) => action === 'waiting');
}

function timeOf(ms: number, { id }: { readonly id: number }): number {
  return ms + (id % 1000);
}

function sample(name: string, labels: Labels, durationMs: number, times: readonly number[]): string {
  const [time, ...others] = times;
  const key = `github_actions_event_${name}_seconds{${labelText(labels)}}`;
  const or = others.length === 0 ? '' : ` # or ${others.join(' ')}`;
  return `${key} ${secondsOf(durationMs)} ${time}${or}\n`;
}
