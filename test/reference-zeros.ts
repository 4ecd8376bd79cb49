import { nameOf, runsOnOf } from './reference-labels.ts';
import type { Numbers } from './reference-numbers.ts';
import type { JobReport, RunReport } from './reference-reports.ts';

/*
 * Which series are at 0 before they count anything, by the rules of docs/prometheus.md: a part of the
 * reference model.
 */

/** What is at 0 from the first report of a workflow. */
export function expectRun(numbers: Numbers, { repository, workflow, event, branch }: RunReport): void {
  for (const conclusion of ['success', 'failure', 'cancelled'])
    numbers.add('runs_total', { repository, workflow, event, branch, conclusion }, 0);
  numbers.expect('run_duration_seconds', { repository, workflow, branch, conclusion: 'success' });
  numbers.expect('run_queue_seconds', { repository, workflow });
  for (const kind of ['all', 'failed', 'unknown'])
    numbers.add('reruns_total', { repository, workflow, kind }, 0);
}

/** What is at 0 from the first report of a job. */
export function expectJob(numbers: Numbers, report: JobReport): void {
  if (report.conclusion === 'skipped') return;
  const { repository, workflow, status, runnerGroup } = report;
  const job_name = nameOf(report);
  const runs_on = runsOnOf(report);
  for (const conclusion of ['success', 'failure', 'cancelled'])
    numbers.add('jobs_total', { repository, workflow, job_name, runs_on, conclusion }, 0);
  for (const cause of ['step', 'timeout', 'runner_lost', 'startup'])
    numbers.add('job_failures_total', { repository, workflow, job_name, cause }, 0);
  numbers.add('flaky_jobs_total', { repository, workflow, job_name }, 0);
  for (const reason of ['repeated', 'cancelled']) {
    numbers.add('wasted_seconds_total', { repository, workflow, reason }, 0);
    numbers.addMicros('wasted_dollars_total', { repository, workflow, reason }, 0);
  }
  numbers.expect('job_duration_seconds', { repository, workflow, job_name, conclusion: 'success' });
  numbers.expect('job_queue_seconds', { repository, workflow, runs_on });
  if (status === 'waiting') {
    numbers.expect('job_approval_seconds', { repository, workflow });
    numbers.add('job_failures_total', { repository, workflow, job_name, cause: 'rejected' }, 0);
  }
  if (runnerGroup !== null)
    numbers.add('runner_busy_seconds_total', { repository, runs_on, runner_group: runnerGroup }, 0);
}
