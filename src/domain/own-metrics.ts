import { FLEET_METRICS } from './fleet-metrics.ts';
import { GITHUB_METRICS } from './github-metrics.ts';
import { HOOK_METRICS } from './hook-metrics.ts';
import { type Metric, metric, seconds } from './metric.ts';
import { PROCESS_METRICS } from './process-metrics.ts';
import { PUSH_METRICS } from './push-metrics.ts';

/** Bucket bounds for the time of a delivery from GitHub to us, in milliseconds. */
const LAG_BUCKETS_MS: readonly number[] = [0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 3600, 86400].map(
  (s) => s * 1000,
);

/** Metrics about ant-watcher itself. */
export const SELF = {
  buildInfo: metric(
    'ant_watcher_build_info',
    'gauge',
    ['version', 'node'],
    'Always 1. The labels show what is running.',
  ),
  configReloaded: metric(
    'ant_watcher_config_last_reload_successful',
    'gauge',
    [],
    '1 if the last reload of the configuration succeeded, else 0.',
  ),
  configReloadedAt: metric(
    'ant_watcher_config_last_reload_success_timestamp_seconds',
    'gauge',
    [],
    'When the configuration was last loaded successfully, at start or by a reload.',
  ),
  clockOffset: metric(
    'ant_watcher_clock_offset_seconds',
    'gauge',
    [],
    'How far the clock of the machine is ahead of the time that ant-watcher works with, which GitHub confirms.',
  ),
  clockSteps: metric(
    'ant_watcher_clock_steps_total',
    'counter',
    [],
    'How often the clock of the machine jumped by 30 seconds or more, or the machine was suspended.',
  ),
  deliveries: metric(
    'ant_watcher_deliveries_total',
    'counter',
    ['event', 'action', 'outcome'],
    'Deliveries by outcome: accepted (stored durably), duplicate (seen before), ignored (not an event we use), rejected (see ant_watcher_rejections_total).',
  ),
  rejections: metric(
    'ant_watcher_rejections_total',
    'counter',
    ['reason'],
    'Requests that the webhook listener rejected, by reason.',
  ),
  webhookConnections: metric(
    'ant_watcher_webhook_connections',
    'gauge',
    [],
    'Open connections to the webhook listener.',
  ),
  hookRanges: metric(
    'ant_watcher_github_hook_ranges',
    'gauge',
    [],
    'Address ranges that GitHub sends webhooks from, if `webhook.allowed_ips` contains `github`. Absent while unknown.',
  ),
  hookRangesTime: metric(
    'ant_watcher_github_hook_ranges_timestamp_seconds',
    'gauge',
    [],
    'When the address ranges that GitHub sends webhooks from were last read, possibly by an earlier process.',
  ),
  hookRangesRefreshes: metric(
    'ant_watcher_github_hook_ranges_refreshes_total',
    'counter',
    ['outcome'],
    'Attempts to read the address ranges that GitHub sends webhooks from, by outcome: ok, or failed (the known ranges stay in use).',
  ),
  unreadResponses: metric(
    'ant_watcher_unread_responses_total',
    'counter',
    ['listener', 'reason'],
    'Connections that a listener (webhook or api) closed because the client did not read, by reason: stalled (nothing for `…write_timeout`), slow (not everything in four times that).',
  ),
  apiRefusals: metric(
    'ant_watcher_api_refusals_total',
    'counter',
    ['reason'],
    'Requests that the API listener refused, by reason: no_credentials, wrong_credentials, throttled (too many wrong credentials from one address), foreign_name (no login is set, and the Host header does not name this machine), no_login_set (no login is set, and others can reach the listener), foreign_page (a web page of another site made a browser ask).',
  ),
  liveStreams: metric(
    'ant_watcher_live_streams',
    'gauge',
    [],
    'Open streams of `GET /api/v1/live`: pages that show what waits and runs.',
  ),
  liveStreamsCut: metric(
    'ant_watcher_live_streams_cut_total',
    'counter',
    ['reason'],
    'Streams of `GET /api/v1/live` that were refused or ended by the service, by reason: full (200 are open), filters (those that are open have 64 different filters), slow (256 KiB waited for its client), login (withdrawn by a reload).',
  ),
  jobPushes: metric(
    'ant_watcher_job_pushes_total',
    'counter',
    ['outcome'],
    'Requests to `POST /push` by outcome: accepted, duplicate, invalid, unauthorized, forbidden, too_large, content_type, throttled, unavailable.',
  ),
  jobNumbersDropped: metric(
    'ant_watcher_job_numbers_dropped_total',
    'counter',
    [],
    'Numbers from jobs that were dropped because 200 metric names are in use already, or because pushes at the same moment took a counter to 2^53.',
  ),
  tlsExpiry: metric(
    'ant_watcher_tls_certificate_expiry_timestamp_seconds',
    'gauge',
    ['listener'],
    'When the current certificate expires, by listener: webhook or api.',
  ),
  tlsLoaded: metric(
    'ant_watcher_tls_certificate_loaded_timestamp_seconds',
    'gauge',
    ['listener'],
    'When the current certificate was loaded, by listener.',
  ),
  tlsReloads: metric(
    'ant_watcher_tls_reloads_total',
    'counter',
    ['listener', 'outcome'],
    'Changed certificates by outcome: renewed, or failed (invalid, so the old one stays in use).',
  ),
  ignoredObservations: metric(
    'ant_watcher_ignored_observations_total',
    'counter',
    ['reason'],
    'Processed deliveries with nothing to count, by reason.',
  ),
  timestampAnomalies: metric(
    'ant_watcher_timestamp_anomalies_total',
    'counter',
    ['kind'],
    'Durations that came out negative and were counted as 0, or came out implausibly long and were left out; and times in the future, which are not used.',
  ),
  deliveryLag: seconds(
    'ant_watcher_delivery_lag_seconds',
    [],
    'Time from the creation of an event at GitHub, as encoded in the delivery id, to its receipt.',
    LAG_BUCKETS_MS,
  ),
  queueDeliveries: metric(
    'ant_watcher_queue_deliveries',
    'gauge',
    ['state'],
    'Accepted deliveries that are not processed yet: pending, retrying (failed, waiting for the next attempt), parked (given up, can be replayed).',
  ),
  queueOldest: metric(
    'ant_watcher_queue_oldest_timestamp_seconds',
    'gauge',
    [],
    'When the oldest pending or retrying delivery was received. Absent if there is none.',
  ),
  processingFailures: metric(
    'ant_watcher_processing_failures_total',
    'counter',
    ['outcome'],
    'Failed attempts to process a delivery: retry (will be retried), parked (given up).',
  ),
  seriesDropped: metric(
    'ant_watcher_series_dropped_total',
    'counter',
    ['metric'],
    'Increments that went to the series `__other__` because the metric had reached `metrics.max_series`.',
  ),
  series: metric('ant_watcher_series', 'gauge', ['metric'], 'Series of each stored metric.'),
  memoryObjects: metric(
    'ant_watcher_memory_objects',
    'gauge',
    ['kind'],
    'Runs and jobs in the memory cache.',
  ),
  memoryBytes: metric(
    'ant_watcher_memory_bytes',
    'gauge',
    [],
    'Estimated size of the memory cache of runs and jobs.',
  ),
  memoryEvictions: metric(
    'ant_watcher_memory_evictions_total',
    'counter',
    ['reason'],
    'Runs and jobs evicted from the memory cache, by reason: dispatched (completed and fully pushed), expired (`memory.ttl`), oldest (memory limit). They stay in the database, except with `storage.url=memory:`.',
  ),
  memoryLimit: metric(
    'ant_watcher_memory_limit_bytes',
    'gauge',
    [],
    'Memory that the process may use: `memory.limit`, or the limit of its container, or the memory of the machine.',
  ),
  memoryPressure: metric(
    'ant_watcher_memory_pressure',
    'gauge',
    [],
    '1 while memory is nearly exhausted and deliveries are answered with 503, else 0.',
  ),
  storeBytes: metric(
    'ant_watcher_store_bytes',
    'gauge',
    [],
    'Size of the data in the database, without free pages.',
  ),
  storeLogBytes: metric(
    'ant_watcher_store_log_bytes',
    'gauge',
    [],
    'Size of the log of the database. It grows while another program reads in one transaction.',
  ),
  storeWritable: metric(
    'ant_watcher_store_writable',
    'gauge',
    [],
    '1 if the database can be written, else 0: the disk is full, or the database is not at its path. Deliveries are answered with 503 then.',
  ),
  forgottenObjects: metric(
    'ant_watcher_forgotten_objects_total',
    'counter',
    ['kind'],
    'Run attempts (run), jobs (job), and deployments with their reviews (deployment) deleted from the database: older than `storage.retention`, or evicted with `storage.url=memory:`. The metrics keep their counts.',
  ),
  ...FLEET_METRICS,
  ...PUSH_METRICS,
  logEvents: metric(
    'ant_watcher_log_events_total',
    'counter',
    ['level', 'code'],
    'Warnings and errors logged while the store was open, by level and code; docs/errors.md explains each code.',
  ),
  ...GITHUB_METRICS,
  ...HOOK_METRICS,
  ...PROCESS_METRICS,
} as const satisfies Record<string, Metric>;
