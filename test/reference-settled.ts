import { between, executionOf, type KnownJob, SAME_MOMENT_MS } from './reference-model.ts';
import type { Numbers } from './reference-numbers.ts';
import type { RunReport } from './reference-reports.ts';

/*
 * What only all jobs of an attempt show, once it is over: a part of the reference model.
 */

/** `end`: the report of the attempt's end. */
export function countSettled(numbers: Numbers, end: RunReport, jobs: readonly KnownJob[]): void {
  const { repository, workflow, attempt, startedMs } = end;
  const ofRun = jobs.filter(({ any }) => any.run === end.run);
  const own = ofRun.filter(({ any, hasRun }) => any.attempt === attempt && hasRun);
  const starts = own.flatMap((job) =>
    job.startedMs === null || isBefore(job, startedMs) ? [] : [job.startedMs],
  );
  const first = starts.length === 0 ? null : Math.min(...starts);
  numbers.observe('run_queue_seconds', { repository, workflow }, between(startedMs, first));
  if (attempt === 1) return;
  const earlier = ofRun.filter(({ any }) => any.attempt < attempt);
  const isCarried = (job: KnownJob) =>
    job.completion && (isBefore(job, startedMs) || earlier.some(isSame(job)));
  const hasPassed = ({ any }: KnownJob) =>
    earlier.some((before) => before.any.name === any.name && before.completion?.conclusion === 'success');
  const kind = own.some(isCarried) ? 'failed' : own.some(hasPassed) ? 'all' : 'unknown';
  numbers.add('reruns_total', { repository, workflow, kind });
}

/** It started before the attempt did. */
function isBefore({ startedMs }: KnownJob, attemptMs: number | null): boolean {
  return startedMs !== null && startedMs < (attemptMs ?? 0) - SAME_MOMENT_MS;
}

function isSame(job: KnownJob): (other: KnownJob) => boolean {
  return ({ any, completion }) =>
    any.name === job.any.name &&
    completion !== undefined &&
    job.completion !== undefined &&
    executionOf(completion) === executionOf(job.completion);
}
