import { GITHUB_METRICS } from './github-metrics.ts';
import type { Metric } from './metric.ts';
import { metric, seconds } from './metric-kinds.ts';

/** Upper bounds for the way of a delivery from GitHub to us, in milliseconds. */
const LAG_BUCKETS_MS: readonly number[] = [0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 3600, 86400].map(
  (s) => s * 1000,
);

/** What ant-watcher itself did. */
export const SELF = {
  buildInfo: metric(
    'ant_watcher_build_info',
    'gauge',
    ['version', 'node'],
    'Always 1; the labels tell what is running.',
  ),
  configReloaded: metric(
    'ant_watcher_config_last_reload_successful',
    'gauge',
    [],
    'Whether the configuration that was last read is in force, as far as it can change without a restart: 1, or 0.',
  ),
  configReloadedAt: metric(
    'ant_watcher_config_last_reload_success_timestamp_seconds',
    'gauge',
    [],
    'When the configuration was last read and put in force, at the start or later.',
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
  webhookConnections: metric(
    'ant_watcher_webhook_connections',
    'gauge',
    [],
    'Open connections of the webhook listener.',
  ),
  hookRanges: metric(
    'ant_watcher_github_hook_ranges',
    'gauge',
    [],
    'Ranges of addresses that GitHub sends webhooks from, where `webhook.allowed_ips` says `github`; absent while none are known.',
  ),
  hookRangesTime: metric(
    'ant_watcher_github_hook_ranges_timestamp_seconds',
    'gauge',
    [],
    'When GitHub last told these ranges, also to an earlier process: now minus this is their age.',
  ),
  hookRangesRefreshes: metric(
    'ant_watcher_github_hook_ranges_refreshes_total',
    'counter',
    ['outcome'],
    'Attempts to read these ranges anew: ok, or failed (those known before stay).',
  ),
  apiRefusals: metric(
    'ant_watcher_api_refusals_total',
    'counter',
    ['reason'],
    'Requests that the API listener refused for their login: no_credentials, wrong_credentials, throttled (too many wrong ones from an address), foreign_name (without a login, for a host that is not this machine).',
  ),
  jobPushes: metric(
    'ant_watcher_job_pushes_total',
    'counter',
    ['outcome'],
    'Pushes of numbers by jobs, by outcome: accepted, duplicate, invalid, unauthorized, forbidden, too_large, content_type, throttled, unavailable.',
  ),
  jobNumbersDropped: metric(
    'ant_watcher_job_numbers_dropped_total',
    'counter',
    [],
    'Numbers of jobs that were not kept, because there are 200 names already.',
  ),
  tlsExpiry: metric(
    'ant_watcher_tls_certificate_expiry_timestamp_seconds',
    'gauge',
    ['listener'],
    'When the certificate in use expires, by listener: webhook, api.',
  ),
  tlsLoaded: metric(
    'ant_watcher_tls_certificate_loaded_timestamp_seconds',
    'gauge',
    ['listener'],
    'When the certificate in use was read, by listener.',
  ),
  tlsReloads: metric(
    'ant_watcher_tls_reloads_total',
    'counter',
    ['listener', 'outcome'],
    'Changed certificates by outcome: renewed, or failed (it was wrong and the old one stayed).',
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
    'Runs and jobs let go from memory, by reason: dispatched (nothing more to send), expired (`memory.ttl`), oldest (the limit forced it). The store has them still, unless it is in memory itself.',
  ),
  memoryLimit: metric(
    'ant_watcher_memory_limit_bytes',
    'gauge',
    [],
    'Memory that the process may take: `memory.limit`, else that of its container, else of the machine.',
  ),
  memoryPressure: metric(
    'ant_watcher_memory_pressure',
    'gauge',
    [],
    '1 while memory is nearly used up and deliveries are answered 503, else 0.',
  ),
  storeBytes: metric(
    'ant_watcher_store_bytes',
    'gauge',
    [],
    'What the database holds, without what is free in it.',
  ),
  forgottenObjects: metric(
    'ant_watcher_forgotten_objects_total',
    'counter',
    ['kind'],
    'Attempts of runs (run) and jobs (job) deleted from the database: older than `storage.retention`, or, with `storage.url=memory:`, let go for room. Their numbers stay.',
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
    'Snapshots of all metrics (`push.snapshot_interval`) by outcome, as those of requests, or skipped where the one before was still under way.',
  ),
  pushLastSuccess: metric(
    'ant_watcher_push_last_success_timestamp_seconds',
    'gauge',
    ['sink'],
    'When the receiver last took something from this process; absent before that.',
  ),
  ...GITHUB_METRICS,
  cpuSeconds: metric('process_cpu_seconds_total', 'counter', [], 'User and system CPU time spent.'),
  residentMemory: metric('process_resident_memory_bytes', 'gauge', [], 'Resident memory size.'),
  openFds: metric('process_open_fds', 'gauge', [], 'Open file descriptors.'),
  startTime: metric('process_start_time_seconds', 'gauge', [], 'Start of the process since the epoch.'),
  heapUsed: metric('nodejs_heap_size_used_bytes', 'gauge', ['thread'], 'JavaScript heap in use, by thread.'),
  heapLimit: metric(
    'nodejs_heap_size_limit_bytes',
    'gauge',
    ['thread'],
    'What the JavaScript heap may grow to, by thread.',
  ),
  gcPauses: metric(
    'nodejs_gc_pauses_total',
    'counter',
    ['thread', 'kind'],
    'Pauses of the garbage collector, by thread and kind: minor, major, incremental, weakcb, other.',
  ),
  gcPauseSeconds: metric(
    'nodejs_gc_pause_seconds_total',
    'counter',
    ['thread', 'kind'],
    'Time that these pauses took.',
  ),
  gcPauseMax: metric(
    'nodejs_gc_pause_max_seconds',
    'gauge',
    ['thread'],
    'Longest pause of the garbage collector since the last scrape, by thread.',
  ),
  eventLoopDelay: metric(
    'nodejs_eventloop_lag_max_seconds',
    'gauge',
    ['thread'],
    'Longest lag of the event loop since the last scrape, by thread.',
  ),
} as const satisfies Record<string, Metric>;
