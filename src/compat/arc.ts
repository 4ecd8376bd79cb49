import { SELF } from '../domain/own-metrics.ts';
import { type CompatSet, counter, durations, leastReading, type OldLabels } from './old-metric.ts';

/*
 * Names and labels of https://github.com/actions/actions-runner-controller/blob/2ee6b3b8/pkg/actionsmetrics/metrics.go,
 * and what moves them in event_reader.go there.
 */

/** Its own label `organization` is always empty: webhooks don't have what it puts there. */
const JOB: OldLabels = {
  runs_on: 'runsOn',
  job_name: 'jobName',
  repository: 'repo',
  repository_full_name: 'repository',
  owner: 'owner',
  workflow_name: 'workflow',
  head_branch: 'branch',
};

const BOUNDS_MS = [
  ...[0.01, 0.05, 0.1, 0.5, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 18, 20, 25, 30, 40, 50, 60, 70, 80, 90],
  ...[100, 110, 120, 150, 180, 210, 240, 300, 360, 420, 480, 540, 600, 900, 1200, 1800, 2400, 3000, 3600],
].map((seconds) => seconds * 1000);

/** Of actions-metrics-server. */
export const ARC: CompatSet = {
  name: 'arc',
  exporter: "ARC's actions-metrics-server",
  counted: [
    counter('github_workflow_jobs_queued_total', 'Jobs that waited for a runner or an approval, each once.', {
      fact: 'job_queued',
      add: 'times',
      labels: JOB,
    }),
    counter('github_workflow_jobs_started_total', 'Jobs that started on a runner, each once.', {
      fact: 'job_started',
      labels: JOB,
    }),
    counter('github_workflow_jobs_completed_total', 'Completed jobs, each once.', {
      fact: 'job_completed',
      labels: JOB,
    }),
    counter('github_workflow_job_conclusions_total', 'Completed jobs, each once.', {
      fact: 'job_completed',
      labels: { ...JOB, job_conclusion: 'conclusion' },
    }),
    counter('github_workflow_job_failures_total', 'Completed jobs with the conclusion failure, each once.', {
      fact: 'job_completed',
      where: { conclusion: ['failure'] },
      labels: { ...JOB, failed_step: 'failedStep', exit_code: 'exitCode' },
    }),
    durations(
      'github_workflow_job_queue_duration_seconds',
      'From the creation of a job, or its release by an approval, to its start on a runner.',
      BOUNDS_MS,
      { fact: 'job_started', add: 'queueMs', labels: JOB },
    ),
    durations(
      'github_workflow_job_run_duration_seconds',
      'From the start of a job on a runner to its end. Jobs that never started are left out.',
      BOUNDS_MS,
      { fact: 'job_completed', add: 'durationMs', labels: { ...JOB, job_conclusion: 'conclusion' } },
    ),
  ],
  gauges: [
    leastReading(
      'github_rate_limit',
      'Requests allowed per window to the credential that has the fewest left.',
      {
        of: SELF.githubLimit,
        by: SELF.githubRemaining,
      },
    ),
    leastReading('github_rate_limit_remaining', 'Requests left to the credential that has the fewest.', {
      of: SELF.githubRemaining,
      by: SELF.githubRemaining,
    }),
  ],
};
