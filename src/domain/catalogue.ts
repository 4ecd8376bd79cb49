import type { Metric, MetricType } from './metric.ts';

/*
 * Every metric that ant-watcher exposes: the outside contract that dashboards and alert rules build on.
 * docs/metrics.md is generated from this file.
 */

/** Upper bounds for durations of CI work, in milliseconds: 1 s to 6 h, the longest a GitHub-hosted job may run. */
export const DURATION_BUCKETS_MS: readonly number[] = [
  1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 10800, 21600,
].map((seconds) => seconds * 1000);

/** Upper bounds for the way of a delivery from GitHub to us, in milliseconds. */
const LAG_BUCKETS_MS: readonly number[] = [0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 3600, 86400].map(
  (s) => s * 1000,
);

function metric(name: string, type: MetricType, labels: readonly string[], help: string): Metric {
  return { name, type, labels, help };
}

function seconds(
  name: string,
  labels: readonly string[],
  help: string,
  buckets = DURATION_BUCKETS_MS,
): Metric {
  return { name, type: 'histogram', labels, help, scale: 1000, buckets };
}

/** What GitHub Actions did, in GitHub's own time. */
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
    ['repository', 'workflow', 'job', 'runs_on', 'conclusion'],
    'Completed jobs, each execution once.',
  ),
  jobDuration: seconds(
    'github_actions_job_duration_seconds',
    ['repository', 'workflow', 'job', 'conclusion'],
    'Time that a job ran on its runner. Jobs that never started have none.',
  ),
  jobQueue: seconds(
    'github_actions_job_queue_seconds',
    ['repository', 'workflow', 'runs_on'],
    'Time from the creation of a job to its start on a runner.',
  ),
  jobApproval: seconds(
    'github_actions_job_approval_seconds',
    ['repository', 'workflow'],
    'Time that a job waited behind an approval gate until it was let through.',
  ),
  activeRuns: metric(
    'github_actions_active_runs',
    'gauge',
    ['repository', 'workflow', 'status'],
    'Run attempts that are not completed, by status, counted from the stored state.',
  ),
  activeJobs: metric(
    'github_actions_active_jobs',
    'gauge',
    ['repository', 'workflow', 'runs_on', 'status'],
    'Jobs that are queued, waiting for an approval or in progress, counted from the stored state.',
  ),
  oldestActiveJob: {
    ...metric(
      'github_actions_oldest_active_job_timestamp_seconds',
      'gauge',
      ['runs_on', 'status'],
      'Creation of the oldest active job in that status; its start, for jobs in progress.',
    ),
    combine: 'min',
  },
  staleJobs: metric(
    'github_actions_stale_jobs',
    'gauge',
    ['repository', 'status'],
    'Jobs that left the active gauges because GitHub can no longer complete them: queued over 24 hours, or waiting or in progress over 35 days.',
  ),
  jobFailures: metric(
    'github_actions_job_failures_total',
    'counter',
    ['repository', 'workflow', 'job', 'cause'],
    'Failed jobs by cause: step, timeout, runner_lost, startup or unknown.',
  ),
  reruns: metric(
    'github_actions_reruns_total',
    'counter',
    ['repository', 'workflow'],
    'Run attempts after the first.',
  ),
  flakyJobs: metric(
    'github_actions_flaky_jobs_total',
    'counter',
    ['repository', 'workflow', 'job'],
    'Jobs that failed and then passed in a later attempt of the same run, and so on the same commit.',
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
  billedMinutes: metric(
    'github_actions_billed_minutes_total',
    'counter',
    ['repository', 'workflow', 'sku'],
    'Minutes of completed jobs that GitHub charges for, each job rounded up to the next minute; an estimate.',
  ),
  cost: {
    ...metric(
      'github_actions_cost_dollars_total',
      'counter',
      ['repository', 'workflow', 'sku'],
      'List price of the billed minutes in US dollars; an estimate that knows nothing of included minutes and discounts.',
    ),
    scale: 1_000_000,
  },
  lastRun: {
    ...metric(
      'github_actions_workflow_last_run_timestamp_seconds',
      'gauge',
      ['repository', 'workflow'],
      'End of the latest completed run on the default branch.',
    ),
    combine: 'max',
  },
  lastSuccess: {
    ...metric(
      'github_actions_workflow_last_success_timestamp_seconds',
      'gauge',
      ['repository', 'workflow'],
      'End of the latest successful run on the default branch.',
    ),
    combine: 'max',
  },
  consecutiveFailures: {
    ...metric(
      'github_actions_workflow_consecutive_failures',
      'gauge',
      ['repository', 'workflow'],
      'Failed runs on the default branch since the latest successful one.',
    ),
    combine: 'max',
  },
  stepDuration: seconds(
    'github_actions_step_duration_seconds',
    ['repository', 'workflow', 'job', 'step', 'conclusion'],
    'Time that a step took. Only with `metrics.step_durations`.',
  ),
  dispatches: metric(
    'github_actions_dispatches_total',
    'counter',
    ['repository', 'workflow'],
    'workflow_dispatch events (sent to GitHub Apps only).',
  ),
} as const satisfies Record<string, Metric>;

/** What is pushed: a sample for each event, with the time of the event. */
export const EVENTS = {
  runDuration: metric(
    'github_actions_event_run_duration_seconds',
    'sample',
    ['repository', 'workflow', 'event', 'branch', 'conclusion'],
    'Time from the start of a run attempt to its end, at its end.',
  ),
  jobDuration: metric(
    'github_actions_event_job_duration_seconds',
    'sample',
    ['repository', 'workflow', 'job', 'runs_on', 'conclusion'],
    'Time that a job ran on its runner, at its end.',
  ),
  jobQueue: metric(
    'github_actions_event_job_queue_seconds',
    'sample',
    ['repository', 'workflow', 'job', 'runs_on'],
    'Time that a job waited for its runner, at its start on it.',
  ),
  stepDuration: metric(
    'github_actions_event_step_duration_seconds',
    'sample',
    ['repository', 'workflow', 'job', 'step', 'conclusion'],
    'Time that a step took, at its end. Only with `metrics.step_durations`.',
  ),
} as const satisfies Record<string, Metric>;

/** What ant-watcher itself did. */
export const SELF = {
  buildInfo: metric(
    'ant_watcher_build_info',
    'gauge',
    ['version', 'node'],
    'Always 1; the labels tell what is running.',
  ),
  deliveries: metric(
    'ant_watcher_deliveries_total',
    'counter',
    ['event', 'action', 'outcome'],
    'Deliveries by outcome: accepted (durable), duplicate (seen before), ignored (an event of no interest), rejected (see rejections).',
  ),
  rejections: metric(
    'ant_watcher_rejections_total',
    'counter',
    ['reason'],
    'Requests that the webhook listener refused, by reason.',
  ),
  ignoredObservations: metric(
    'ant_watcher_ignored_observations_total',
    'counter',
    ['reason'],
    'Processed deliveries that told nothing to count, by reason.',
  ),
  timestampAnomalies: metric(
    'ant_watcher_timestamp_anomalies_total',
    'counter',
    ['kind'],
    'Durations that came out negative from the times GitHub sent and were counted as 0, or absurdly long and were left out.',
  ),
  deliveryLag: seconds(
    'ant_watcher_delivery_lag_seconds',
    [],
    'Time from the creation of an event at GitHub (read from the delivery id, where it tells) to its receipt here.',
    LAG_BUCKETS_MS,
  ),
  queueDeliveries: metric(
    'ant_watcher_queue_deliveries',
    'gauge',
    ['state'],
    'Accepted deliveries not processed yet: pending, retrying (failed before, waits for its next attempt), parked (given up, can be replayed).',
  ),
  queueOldest: metric(
    'ant_watcher_queue_oldest_timestamp_seconds',
    'gauge',
    [],
    'Receipt of the oldest delivery that is pending or retrying; absent when there is none.',
  ),
  processingFailures: metric(
    'ant_watcher_processing_failures_total',
    'counter',
    ['outcome'],
    'Failed attempts to process a delivery: retry (will be tried again), parked (given up).',
  ),
  seriesDropped: metric(
    'ant_watcher_series_dropped_total',
    'counter',
    ['metric'],
    'Increments that went to the series `__other__` because their metric had as many series as `metrics.max_series` allows.',
  ),
  series: metric('ant_watcher_series', 'gauge', ['metric'], 'Series held per stored metric.'),
  memoryObjects: metric(
    'ant_watcher_memory_objects',
    'gauge',
    ['kind'],
    'Runs and jobs held in memory, of all that are stored.',
  ),
  memoryBytes: metric(
    'ant_watcher_memory_bytes',
    'gauge',
    [],
    'What the runs and jobs held in memory take, as an estimate.',
  ),
  memoryEvictions: metric(
    'ant_watcher_memory_evictions_total',
    'counter',
    ['reason'],
    'What was let go from memory: dispatched (nothing more to send), expired (`memory.ttl`), oldest (the limit forced it).',
  ),
  outboxSamples: metric(
    'ant_watcher_outbox_samples',
    'gauge',
    ['sink'],
    'Samples that the receiver has not taken yet.',
  ),
  outboxOldest: metric(
    'ant_watcher_outbox_oldest_timestamp_seconds',
    'gauge',
    ['sink'],
    'When the oldest sample that waits for the receiver was stored; absent when none waits.',
  ),
  samples: metric(
    'ant_watcher_samples_total',
    'counter',
    ['sink', 'outcome'],
    'Samples by what became of them: sent, rejected (the receiver refused them; kept for people to see), expired (older than `push.max_age`), overflow (the outbox was larger than `push.max_size`).',
  ),
  pushRequests: metric(
    'ant_watcher_push_requests_total',
    'counter',
    ['sink', 'outcome'],
    'Requests to the receiver by outcome: sent, retry, too_large (sent again in halves), rejected, refused (held until the configuration or the receiver changes).',
  ),
  pushSnapshots: metric(
    'ant_watcher_push_snapshots_total',
    'counter',
    ['sink', 'outcome'],
    'Snapshots of all metrics (`push.snapshot_interval`) by outcome, as those of requests.',
  ),
  pushLastSuccess: metric(
    'ant_watcher_push_last_success_timestamp_seconds',
    'gauge',
    ['sink'],
    'When the receiver last took something from this process; absent before that.',
  ),
  cpuSeconds: metric('process_cpu_seconds_total', 'counter', [], 'User and system CPU time spent.'),
  residentMemory: metric('process_resident_memory_bytes', 'gauge', [], 'Resident memory size.'),
  openFds: metric('process_open_fds', 'gauge', [], 'Open file descriptors.'),
  startTime: metric('process_start_time_seconds', 'gauge', [], 'Start of the process since the epoch.'),
  heapUsed: metric('nodejs_heap_used_bytes', 'gauge', ['thread'], 'JavaScript heap in use, by thread.'),
  eventLoopDelay: metric(
    'nodejs_eventloop_delay_max_seconds',
    'gauge',
    ['thread'],
    'Longest event loop delay since the last scrape, by thread.',
  ),
} as const satisfies Record<string, Metric>;

/** All of them, in the order of exposition. */
export const METRICS: readonly Metric[] = [
  ...Object.values(DOMAIN),
  ...Object.values(EVENTS),
  ...Object.values(SELF),
];

/** The same, with other bounds for the durations of GitHub's work. */
export function metricsWith(durationBucketsMs: readonly number[]): Metric[] {
  return METRICS.map((each) =>
    each.buckets === DURATION_BUCKETS_MS ? { ...each, buckets: durationBucketsMs } : each,
  );
}

const BY_NAME: ReadonlyMap<string, Metric> = new Map(METRICS.map((each) => [each.name, each]));

/** The metric of that name, or undefined when this version knows none. */
export function metricNamed(name: string): Metric | undefined {
  return BY_NAME.get(name);
}
