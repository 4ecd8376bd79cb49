import { type CompatSet, counter, durations, type OldLabels } from './old-metric.ts';

/*
 * Names and labels of https://github.com/cpanato/github_actions_exporter/blob/a5e87c4/internal/server/metrics.go, and
 * what moves them in workflow_metrics_exporter.go there.
 */

const RUN: OldLabels = { org: 'owner', repo: 'repo', branch: 'branch', workflow_name: 'workflow' };
const JOB: OldLabels = { ...RUN, job_name: 'jobName', runner_group: 'runnerGroup' };

/** `prometheus.ExponentialBuckets(1, 1.4, 30)`, whose text depends on how it is computed. */
const BOUNDS = Array.from({ length: 29 }).reduce<number[]>(
  (bounds) => [...bounds, (bounds.at(-1) ?? 0) * 1.4],
  [1],
);
/** Times are whole milliseconds, so rounding down moves none of them to another bucket. */
const BOUNDS_MS = BOUNDS.map((seconds) => Math.floor(seconds * 1000));

/** Of github_actions_exporter. */
export const CPANATO: CompatSet = {
  name: 'cpanato',
  exporter: 'cpanato/github_actions_exporter',
  counted: [
    {
      ...durations(
        'workflow_job_duration_seconds',
        'state="queued": from the creation of a job, or its release by an approval, to its start on a runner. state="in_progress": from there to its end; jobs that never started are left out.',
        BOUNDS_MS,
        { fact: 'job_started', add: 'queueMs', labels: JOB, fixed: { state: 'queued' } },
        { fact: 'job_completed', add: 'durationMs', labels: JOB, fixed: { state: 'in_progress' } },
      ),
      shownBounds: BOUNDS,
    },
    counter(
      'workflow_job_duration_seconds_total',
      'From the start of a job on a runner to its end. Jobs that never started are left out.',
      {
        fact: 'job_completed',
        add: 'durationMs',
        labels: { ...JOB, conclusion: 'conclusion' },
        fixed: { status: 'completed' },
      },
    ),
    counter(
      'workflow_job_status_count',
      'Jobs that waited for a runner or an approval (queued), started on a runner (in_progress), and completed, each once.',
      { fact: 'job_queued', add: 'times', labels: JOB, fixed: { status: 'queued' } },
      { fact: 'job_started', labels: JOB, fixed: { status: 'in_progress' } },
      {
        fact: 'job_completed',
        labels: { ...JOB, conclusion: 'conclusion' },
        fixed: { status: 'completed' },
      },
    ),
    {
      ...durations(
        'workflow_execution_time_seconds',
        'From the start of a run attempt to its end.',
        BOUNDS_MS,
        { fact: 'run_completed', add: 'durationMs', labels: { ...RUN, conclusion: 'conclusion' } },
      ),
      shownBounds: BOUNDS,
    },
    counter(
      'workflow_status_count',
      'Run attempts, each once: all (queued), those that have been in progress (in_progress), and completed ones.',
      { fact: 'run_seen', labels: { ...RUN, status: 'status' } },
      {
        fact: 'run_completed',
        labels: { ...RUN, conclusion: 'conclusion' },
        fixed: { status: 'completed' },
      },
    ),
  ],
  gauges: [],
};
