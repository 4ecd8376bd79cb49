import type { Job, Run } from './model.ts';
import { secondsOf, type TruthNumbers } from './truth-numbers.ts';
import { billOf } from './truth-prices.ts';
import {
  approvalOf,
  executionsOf,
  hasStarted,
  isStaleJob,
  lastReported,
  nameOf,
  placeOf,
  queueMsOf,
  runsOnOf,
} from './truth-reported.ts';

/** Counts all jobs of a run, each execution once. */
export function countJobs(numbers: TruthNumbers, run: Run, endMs: number, nowMs: number): void {
  const executions = run.attempts.flatMap(executionsOf);
  for (const job of run.attempts.flatMap(({ jobs }) => jobs)) expectJob(numbers, run, job, endMs);
  for (const job of executions) {
    countWaits(numbers, run, job, endMs);
    if (lastReported(job, endMs)?.status === 'completed') countEnd(numbers, run, job);
    else countActive(numbers, run, job, endMs, nowMs);
  }
  const ended = executions.filter((job) => lastReported(job, endMs)?.status === 'completed');
  for (const namesakes of Map.groupBy(ended, ({ name }) => name).values())
    countFlakes(numbers, run, namesakes);
  for (const job of ended) countWaste(numbers, run, job, endMs);
}

/** The series that exist at 0 from the first report of a job. */
function expectJob(numbers: TruthNumbers, run: Run, job: Job, endMs: number): void {
  const reported = job.moments.filter(({ atMs }) => atMs <= endMs);
  if (job.kind === 'skipped' || job.kind === 'check_run' || reported.length === 0) return;
  const place = placeOf(run);
  const [job_name, runs_on] = [nameOf(job), runsOnOf(run, job)];
  for (const conclusion of ['success', 'failure', 'cancelled'])
    numbers.add('jobs_total', { ...place, job_name, runs_on, conclusion }, 0);
  for (const cause of ['step', 'timeout', 'runner_lost', 'startup'])
    numbers.add('job_failures_total', { ...place, job_name, cause }, 0);
  numbers.add('flaky_jobs_total', { ...place, job_name }, 0);
  for (const reason of ['repeated', 'cancelled'])
    for (const metric of ['wasted_seconds_total', 'wasted_dollars_total'])
      numbers.add(metric, { ...place, reason }, 0);
  numbers.expect('job_duration_seconds', { ...place, job_name, conclusion: 'success' });
  numbers.expect('job_queue_seconds', { ...place, runs_on });
  if (reported.some(({ status }) => status === 'waiting')) {
    numbers.expect('job_approval_seconds', place);
    numbers.add('job_failures_total', { ...place, job_name, cause: 'rejected' }, 0);
  }
  const isAtRunner = reported.some(({ action }) => action === 'in_progress' || action === 'completed');
  if (!isAtRunner || job.runner === null) return;
  const labels = { repository: place.repository, runs_on, runner_group: job.runner.groupName };
  numbers.add('runner_busy_seconds_total', labels, 0);
}

function countWaits(numbers: TruthNumbers, run: Run, job: Job, endMs: number): void {
  const place = placeOf(run);
  const approvedMs = approvalOf(job, endMs);
  if (approvedMs !== null) numbers.observe('job_approval_seconds', place, approvedMs - job.createdMs);
  const queueMs = queueMsOf(job, endMs);
  if (queueMs !== null)
    numbers.observe('job_queue_seconds', { ...place, runs_on: runsOnOf(run, job) }, queueMs);
}

function countEnd(numbers: TruthNumbers, run: Run, job: Job): void {
  const place = placeOf(run);
  const { repository } = place;
  const { conclusion } = job;
  const [name, runs_on] = [nameOf(job), runsOnOf(run, job)];
  numbers.add('jobs_total', { ...place, job_name: name, runs_on, conclusion });
  if (job.failure !== null)
    numbers.add('job_failures_total', { ...place, job_name: name, cause: job.failure });
  if (job.kind !== 'ran') return;
  const durationMs = job.completedMs - job.startedMs;
  numbers.observe('job_duration_seconds', { ...place, job_name: name, conclusion }, durationMs);
  if (durationMs > 0) {
    const labels = { repository, runs_on, runner_group: job.runner?.groupName ?? 'unknown' };
    numbers.add('runner_busy_seconds_total', labels, secondsOf(durationMs));
  }
  const bill = billOf(run, job);
  if (bill?.sku === null) numbers.add('unpriced_seconds_total', { ...place, runs_on }, 60 * bill.minutes);
  if (bill === null || bill.sku === null) return;
  numbers.add('billed_seconds_total', { ...place, sku: bill.sku }, 60 * bill.minutes);
  numbers.add('cost_dollars_total', { ...place, sku: bill.sku }, bill.dollars);
}

/** What ran for nothing: it was cancelled, or it failed and ran again in a later attempt. */
function countWaste(numbers: TruthNumbers, run: Run, job: Job, endMs: number): void {
  if (job.kind !== 'ran') return;
  const attemptOf = (each: Job) => run.attempts.findIndex(({ jobs }) => jobs.includes(each));
  const isAgain = (each: Job) =>
    each.name === job.name && attemptOf(each) > attemptOf(job) && hasStarted(each, endMs);
  const isRepeated = job.failure !== null && run.attempts.flatMap(executionsOf).some(isAgain);
  const reason = job.conclusion === 'cancelled' ? 'cancelled' : isRepeated ? 'repeated' : null;
  if (reason === null) return;
  const labels = { ...placeOf(run), reason };
  numbers.add('wasted_seconds_total', labels, secondsOf(job.completedMs - job.startedMs));
  const bill = billOf(run, job);
  if (bill !== null && bill.sku !== null) numbers.add('wasted_dollars_total', labels, bill.dollars);
}

function countActive(numbers: TruthNumbers, run: Run, job: Job, endMs: number, nowMs: number): void {
  const status = lastReported(job, endMs)?.status;
  if (status === undefined) return;
  const { repository, workflow } = placeOf(run);
  const runs_on = runsOnOf(run, job);
  // Behind a gate a job does not wait for a runner.
  const releasedMs = status === 'queued' ? approvalOf(job, endMs) : null;
  const beganMs = status === 'in_progress' ? job.startedMs : (releasedMs ?? job.createdMs);
  if (isStaleJob(status, beganMs, nowMs)) {
    numbers.add('stale_jobs', { repository, status });
    return;
  }
  numbers.add('active_jobs', { repository, workflow, runs_on, status });
  numbers.least('oldest_active_job_timestamp_seconds', { runs_on, status }, beganMs / 1000);
}

/** `namesakes`: the outcomes of one job in the attempts that ran it, in order. */
function countFlakes(numbers: TruthNumbers, run: Run, namesakes: readonly Job[]): void {
  let hasFailed = false;
  for (const job of namesakes) {
    if (job.conclusion === 'success' && hasFailed)
      numbers.add('flaky_jobs_total', { ...placeOf(run), job_name: nameOf(job) });
    // Nobody knows whether a cancelled job would have passed.
    if (job.conclusion !== 'cancelled' && job.conclusion !== 'skipped') hasFailed = job.failure !== null;
  }
}
