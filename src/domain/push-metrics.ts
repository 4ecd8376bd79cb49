import { metric } from './metric.ts';

/** Metrics about samples and spans on their way to receivers. */
export const PUSH_METRICS = {
  outboxSamples: metric(
    'ant_watcher_outbox_samples',
    'gauge',
    ['sink'],
    'Samples waiting to be pushed, by receiver.',
  ),
  outboxKept: metric(
    'ant_watcher_outbox_kept_samples',
    'gauge',
    ['sink'],
    'Samples that the receiver accepted but would lose if it crashed, kept to be sent again (`push.resend_window`).',
  ),
  outboxOldest: metric(
    'ant_watcher_outbox_oldest_timestamp_seconds',
    'gauge',
    ['sink'],
    'When the oldest waiting sample was stored, by receiver. Absent if none is waiting.',
  ),
  samples: metric(
    'ant_watcher_samples_total',
    'counter',
    ['sink', 'outcome'],
    'Samples by outcome: sent, rejected (refused by the receiver and set aside), expired (older than `push.max_age`), overflow (more than `push.max_size` was waiting).',
  ),
  receiverRestarts: metric(
    'ant_watcher_receiver_restarts_total',
    'counter',
    ['sink'],
    'Restarts of the receiver that were noticed.',
  ),
  repeatedSamples: metric(
    'ant_watcher_repeated_samples_total',
    'counter',
    ['sink', 'outcome'],
    'Samples that the receiver accepted shortly before it restarted (`push.resend_window`) by outcome: sent (again), rejected (when sent again), given_up (not sent again, as the receiver would store twice what it did not lose; or dropped from the outbox). Those given up may be missing in the receiver.',
  ),
  traceOutboxSpans: metric(
    'ant_watcher_trace_outbox_spans',
    'gauge',
    ['sink'],
    'Spans waiting to be exported, by endpoint (`otlp.endpoint`).',
  ),
  traceOutboxOldest: metric(
    'ant_watcher_trace_outbox_oldest_timestamp_seconds',
    'gauge',
    ['sink'],
    'When the oldest waiting span was stored, by endpoint. Absent if none is waiting.',
  ),
  spans: metric(
    'ant_watcher_spans_total',
    'counter',
    ['sink', 'outcome'],
    'Spans by outcome: sent, rejected (refused by the endpoint for good, alone or as a part of a request that it took), expired (older than `otlp.max_age`), overflow (more than `otlp.max_size` was waiting).',
  ),
  pushRequests: metric(
    'ant_watcher_push_requests_total',
    'counter',
    ['sink', 'outcome'],
    'Push requests, of samples and of traces, by outcome: sent, retry, too_large (split and sent again), rejected (for what is in them), refused (wrong address, credentials or certificate; what is in them is kept).',
  ),
  pushSnapshots: metric(
    'ant_watcher_push_snapshots_total',
    'counter',
    ['sink', 'outcome'],
    'Pushed snapshots of all metrics (`push.snapshot_interval`, `otlp.metrics_interval`) by outcome: as for push requests, or skipped because the previous one was still in progress.',
  ),
  ownSpans: metric(
    'ant_watcher_own_spans_total',
    'counter',
    ['sink', 'outcome'],
    'Spans of our own work (`otlp.own_traces`) by outcome: sent, failed (not accepted, and lost), left_out (more came than could wait).',
  ),
  pushLastSuccess: metric(
    'ant_watcher_push_last_success_timestamp_seconds',
    'gauge',
    ['sink'],
    'When the receiver last accepted a request from this process. Absent before the first time.',
  ),
} as const;
