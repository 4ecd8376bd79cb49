import type { Attempt, Job, Run } from './model.ts';
import type { TruthNumbers } from './truth-numbers.ts';
import { branchOf, hasStarted, isOutlived, lastReported, placeOf, reportedEnd } from './truth-reported.ts';

/** Counts all attempts of a run. */
export function countRun(numbers: TruthNumbers, run: Run, endMs: number, nowMs: number): void {
  if (run.event === 'workflow_dispatch') {
    const { repository, workflow } = run;
    numbers.add('dispatches_total', { repository: repository.fullName, workflow: workflow.path });
  }
  for (const attempt of run.attempts) countAttempt(numbers, run, attempt, endMs, nowMs);
}

function countAttempt(numbers: TruthNumbers, run: Run, attempt: Attempt, endMs: number, nowMs: number): void {
  const last = lastReported(attempt, endMs);
  if (last === undefined) return;
  const place = placeOf(run);
  const branch = branchOf(run, numbers.hasBases);
  // All of these exist at 0 from the first report of the workflow.
  for (const kind of ['all', 'failed', 'unknown']) numbers.add('reruns_total', { ...place, kind }, 0);
  numbers.expect('run_queue_seconds', place);
  for (const conclusion of ['success', 'failure', 'cancelled'])
    numbers.add('runs_total', { ...place, event: run.event, branch, conclusion }, 0);
  numbers.expect('run_duration_seconds', { ...place, branch, conclusion: 'success' });
  const { status } = last;
  if (status === 'completed') {
    const { conclusion } = attempt;
    numbers.add('runs_total', { ...place, event: run.event, branch, conclusion });
    const durationMs = last.atMs - attempt.startedMs;
    numbers.observe('run_duration_seconds', { ...place, branch, conclusion }, durationMs);
    countSettled(numbers, run, attempt, endMs);
  } else if (isOutlived(attempt.startedMs, nowMs)) {
    numbers.add('stale_runs', { repository: place.repository, status });
  } else {
    numbers.add('active_runs', { ...place, status });
    numbers.least('oldest_active_run_timestamp_seconds', { status }, attempt.startedMs / 1000);
  }
}

/** What all jobs of an attempt show once it is over: counted ten minutes later. */
function countSettled(numbers: TruthNumbers, run: Run, attempt: Attempt, endMs: number): void {
  const place = placeOf(run);
  const ran = attempt.jobs.filter((job) => hasStarted(job, endMs));
  const own = ran.filter(({ carriedOver }) => !carriedOver);
  if (own.length > 0) {
    const firstMs = Math.min(...own.map(({ startedMs }) => startedMs));
    numbers.observe('run_queue_seconds', place, firstMs - attempt.startedMs);
  }
  if (attempt.number === 1) return;
  const earlier = run.attempts.filter(({ number }) => number < attempt.number).flatMap(({ jobs }) => jobs);
  const hasPassed = ({ name }: Job) =>
    earlier.some((job) => job.name === name && job.conclusion === 'success');
  const kind = own.length < ran.length ? 'failed' : own.some(hasPassed) ? 'all' : 'unknown';
  numbers.add('reruns_total', { ...place, kind });
}

/** How an attempt on a default branch ended. */
export interface DefaultBranchEnd {
  readonly repository: string;
  readonly workflow: string;
  readonly file: string;
  readonly conclusion: string;
  readonly atMs: number;
}

export function defaultBranchEnds(run: Run, endMs: number): DefaultBranchEnd[] {
  if (branchOf(run) !== 'default') return [];
  return run.attempts.flatMap((attempt) => {
    const end = reportedEnd(attempt, endMs);
    const { conclusion } = attempt;
    return end === undefined
      ? []
      : [{ ...placeOf(run), file: run.workflow.path, conclusion, atMs: end.atMs }];
  });
}

/** Counts the state of each workflow on the default branch. */
export function countWorkflows(numbers: TruthNumbers, ends: readonly DefaultBranchEnd[]): void {
  const byWorkflow = Map.groupBy(ends, ({ repository, file }) => `${repository} ${file}`);
  for (const group of byWorkflow.values()) {
    const [{ repository, workflow, file }] = group as [DefaultBranchEnd];
    const place = { repository, workflow, file };
    const inOrder = group.toSorted((a, b) => a.atMs - b.atMs);
    const success = inOrder.findLast(({ conclusion }) => conclusion === 'success');
    const failures = inOrder.filter(
      ({ conclusion, atMs }) =>
        (conclusion === 'failure' || conclusion === 'startup_failure') && atMs > (success?.atMs ?? 0),
    );
    numbers.add('workflow_last_run_timestamp_seconds', place, (inOrder.at(-1)?.atMs ?? 0) / 1000);
    if (success) numbers.add('workflow_last_success_timestamp_seconds', place, success.atMs / 1000);
    numbers.add('workflow_consecutive_failures', place, failures.length);
  }
}
