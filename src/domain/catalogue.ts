import { BILLING_METRICS } from './billing-metrics.ts';
import { COSTS } from './cost-metrics.ts';
import { DURATION_BUCKETS_MS, type Metric, metric, seconds } from './metric.ts';
import { SELF } from './own-metrics.ts';

/*
 * Every metric that ant-watcher exposes: the contract that dashboards and alert rules rely on.
 * docs/metrics.md is generated from this file.
 */

/** What happened in GitHub Actions, with GitHub's times. */
export const DOMAIN = {
  runs: metric(
    'github_actions_runs_total',
    'counter',
    ['repository', 'workflow', 'event', 'branch', 'conclusion'],
    'Completed workflow run attempts.',
  ),
  runDuration: seconds(
    'github_actions_run_duration_seconds',
    ['repository', 'workflow', 'branch', 'conclusion'],
    'Time from the start of a run attempt to its end.',
  ),
  jobs: metric(
    'github_actions_jobs_total',
    'counter',
    ['repository', 'workflow', 'job_name', 'runs_on', 'conclusion'],
    'Completed jobs. Each execution counts once.',
  ),
  jobDuration: seconds(
    'github_actions_job_duration_seconds',
    ['repository', 'workflow', 'job_name', 'conclusion'],
    'Time that a job ran on its runner. Jobs that never started are left out.',
  ),
  jobQueue: seconds(
    'github_actions_job_queue_seconds',
    ['repository', 'workflow', 'runs_on'],
    'Time from the creation of a job to its start on a runner.',
  ),
  jobApproval: seconds(
    'github_actions_job_approval_seconds',
    ['repository', 'workflow'],
    'Time that a job waited behind an approval gate until it was released.',
  ),
  activeRuns: metric(
    'github_actions_active_runs',
    'gauge',
    ['repository', 'workflow', 'status'],
    'Run attempts that are not completed, by status.',
  ),
  oldestActiveRun: {
    ...metric(
      'github_actions_oldest_active_run_timestamp_seconds',
      'gauge',
      ['status'],
      'When the oldest active run attempt with this status started.',
    ),
    combine: 'min',
  },
  staleRuns: metric(
    'github_actions_stale_runs',
    'gauge',
    ['repository', 'status'],
    'Run attempts that no longer count as active although no end was reported: started over 35 days ago, or unknown to GitHub when asked. An attempt that GitHub confirmed as unfinished within the last day is not stale.',
  ),
  activeJobs: metric(
    'github_actions_active_jobs',
    'gauge',
    ['repository', 'workflow', 'runs_on', 'status'],
    'Jobs that are queued, waiting for approval or in progress.',
  ),
  oldestActiveJob: {
    ...metric(
      'github_actions_oldest_active_job_timestamp_seconds',
      'gauge',
      ['runs_on', 'status'],
      'Since when the oldest active job has had this status. Queued: its creation, or its release by an approval gate. In progress: its start.',
    ),
    combine: 'min',
  },
  staleJobs: metric(
    'github_actions_stale_jobs',
    'gauge',
    ['repository', 'status'],
    'Jobs that no longer count as active although no end was reported: queued for a runner for over 24 hours, in another status for over 35 days, or unknown to GitHub when asked. A job that GitHub confirmed as unfinished within the last day is not stale.',
  ),
  jobFailures: metric(
    'github_actions_job_failures_total',
    'counter',
    ['repository', 'workflow', 'job_name', 'cause'],
    'Failed jobs by cause: step, timeout, runner_lost, startup, rejected or unknown.',
  ),
  jobFailedSteps: metric(
    'github_actions_job_failed_steps_total',
    'counter',
    ['repository', 'workflow', 'job_name', 'step'],
    'Failed jobs by their first failed step. A job that failed without a failed step is in none. Only with `metrics.failed_steps`.',
  ),
  jobFailureReasons: metric(
    'github_actions_job_failure_reasons_total',
    'counter',
    ['repository', 'workflow', 'job_name', 'reason'],
    'Failed jobs whose annotations were read, by what these say: out_of_disk, out_of_memory, runner_lost, timeout, cancelled_by_concurrency, exit_code or unknown. Of jobs that were cancelled, only cancelled_by_concurrency and timeout count. Only with `github.annotations`.',
  ),
  reruns: metric(
    'github_actions_reruns_total',
    'counter',
    ['repository', 'workflow', 'kind'],
    'Run attempts after the first, ten minutes after their end is known. kind: all (all jobs ran again), failed (only a part of them did: what failed, or a single job) or unknown (nobody can tell).',
  ),
  runQueue: seconds(
    'github_actions_run_queue_seconds',
    ['repository', 'workflow'],
    'Time from the start of a run attempt to the start of its first job on a runner, whatever it waited for. Counted ten minutes after the end of the attempt is known.',
  ),
  flakyJobs: metric(
    'github_actions_flaky_jobs_total',
    'counter',
    ['repository', 'workflow', 'job_name'],
    'Jobs that failed and then passed in a later attempt of the same run, which is the same commit.',
  ),
  runnerBusy: {
    ...metric(
      'github_actions_runner_busy_seconds_total',
      'counter',
      ['repository', 'runs_on', 'runner_group'],
      'Time that runners spent on completed jobs.',
    ),
    scale: 1000,
  },
  ...COSTS,
  lastRun: {
    ...metric(
      'github_actions_workflow_last_run_timestamp_seconds',
      'gauge',
      ['repository', 'workflow', 'file'],
      'When the latest completed run on the default branch ended.',
    ),
    combine: 'max',
  },
  lastSuccess: {
    ...metric(
      'github_actions_workflow_last_success_timestamp_seconds',
      'gauge',
      ['repository', 'workflow', 'file'],
      'When the latest successful run on the default branch ended.',
    ),
    combine: 'max',
  },
  consecutiveFailures: {
    ...metric(
      'github_actions_workflow_consecutive_failures',
      'gauge',
      ['repository', 'workflow', 'file'],
      'Failed runs on the default branch since the latest successful one.',
    ),
    combine: 'max',
  },
  stepDuration: seconds(
    'github_actions_step_duration_seconds',
    ['repository', 'workflow', 'job_name', 'step', 'conclusion'],
    'Duration of a step. Only with `metrics.step_durations`.',
  ),
  runners: metric(
    'github_actions_runners',
    'gauge',
    ['owner', 'runner_group', 'status', 'busy'],
    'Self-hosted runners as GitHub lists them, by the organization, repository (`owner/name`) or enterprise (`enterprises/NAME`, see `github.enterprises`) that they belong to. status: online or offline; busy: true or false. Absent without a token or App that may read runners, and while GitHub does not answer.',
  ),
  runnersByLabel: metric(
    'github_actions_runners_by_label',
    'gauge',
    ['owner', 'label', 'status', 'busy'],
    'The same by label, those that GitHub sets (`self-hosted`, `Linux`, `X64`) included. A runner is counted in each of its labels, so a sum over labels counts it several times. At most 1000 labels of an owner; runners with others are in `__other__`. Only with `metrics.runner_labels`.',
  ),
  runnerGroupLastIdle: {
    ...metric(
      'github_actions_runner_group_last_idle_timestamp_seconds',
      'gauge',
      ['owner', 'runner_group'],
      'When a runner of the group was last seen online and not busy. Runners are counted once a minute, a list of thousands less often. Stored, so it goes on after a restart. Absent for a group that was never seen so, and where `github_actions_runners` is absent.',
    ),
    combine: 'max',
  },
  deployments: metric(
    'github_actions_deployments_total',
    'counter',
    ['repository', 'environment', 'state'],
    'Deployments, once for each of the states success, failure, error and inactive that they reach. Those of other tools count too. Needs the event deployment_status. GitHub seldom reports inactive.',
  ),
  deploymentDuration: seconds(
    'github_actions_deployment_duration_seconds',
    ['repository', 'environment', 'state'],
    'Time from the creation of a deployment to its first report of success, failure or error. It includes the wait for an approval.',
  ),
  runToEnvironment: seconds(
    'github_actions_run_to_environment_seconds',
    ['repository', 'environment'],
    'Time from the start of a run attempt to the success of a deployment that it made.',
  ),
  deploymentApproval: seconds(
    'github_actions_deployment_approval_seconds',
    ['repository', 'environment'],
    'Time from the creation of a job to the approval that let it into its environment. Needs the event deployment_review, which GitHub sends to GitHub Apps only.',
  ),
  deploymentReviews: metric(
    'github_actions_deployment_reviews_total',
    'counter',
    ['repository', 'environment', 'state'],
    'Jobs that somebody has let into their environment (approved), or not (rejected). Needs the event deployment_review.',
  ),
  ...BILLING_METRICS,
  dispatches: metric(
    'github_actions_dispatches_total',
    'counter',
    ['repository', 'workflow'],
    'workflow_dispatch events. GitHub sends them to GitHub Apps only.',
  ),
} as const satisfies Record<string, Metric>;

/** What is pushed: one sample per event, with the time of the event. */
export const EVENTS = {
  runDuration: metric(
    'github_actions_event_run_duration_seconds',
    'sample',
    ['repository', 'workflow', 'event', 'branch', 'conclusion'],
    'Time from the start of a run attempt to its end. Timestamp: the end.',
  ),
  jobDuration: metric(
    'github_actions_event_job_duration_seconds',
    'sample',
    ['repository', 'workflow', 'job_name', 'runs_on', 'conclusion'],
    'Time that a job ran on its runner. Timestamp: the end.',
  ),
  jobQueue: metric(
    'github_actions_event_job_queue_seconds',
    'sample',
    ['repository', 'workflow', 'job_name', 'runs_on'],
    'Time that a job waited for a runner. Timestamp: its start on the runner.',
  ),
  stepDuration: metric(
    'github_actions_event_step_duration_seconds',
    'sample',
    ['repository', 'workflow', 'job_name', 'step', 'conclusion'],
    'Duration of a step. Timestamp: the end. Only with `metrics.step_durations`.',
  ),
} as const satisfies Record<string, Metric>;

/** All metrics, in the order of exposition. */
export const METRICS: readonly Metric[] = [
  ...Object.values(DOMAIN),
  ...Object.values(EVENTS),
  ...Object.values(SELF),
];

/** The same, with other buckets for the durations of GitHub's work. */
export function metricsWith(durationBucketsMs: readonly number[]): Metric[] {
  return METRICS.map((each) =>
    each.buckets === DURATION_BUCKETS_MS ? { ...each, buckets: durationBucketsMs } : each,
  );
}

const BY_NAME: ReadonlyMap<string, Metric> = new Map(METRICS.map((each) => [each.name, each]));

/** The metric of that name, or undefined if this version has none. */
export function metricNamed(name: string): Metric | undefined {
  return BY_NAME.get(name);
}
