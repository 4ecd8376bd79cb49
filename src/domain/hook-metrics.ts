import { metric, seconds } from './metric.ts';

/** Bucket bounds for how long GitHub waits for our answer, in milliseconds. It gives up after ten seconds. */
const ANSWER_BUCKETS_MS: readonly number[] = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10].map((s) => s * 1000);

/** Metrics about webhooks as GitHub's own log of their deliveries shows them. */
export const HOOK_METRICS = {
  hookDeliveries: metric(
    'ant_watcher_hook_deliveries_total',
    'counter',
    ['hook', 'event', 'status'],
    "Attempts to deliver that are in GitHub's log of a webhook, each once, some ten minutes after it. hook: app, an organization, or a repository (`owner/name`). event: other for those that are not counted. status: 2xx to 5xx as we or a proxy answered, timeout, refused (GitHub could not connect), other. Absent where the log can't be read.",
  ),
  hookDelivery: seconds(
    'ant_watcher_hook_delivery_seconds',
    ['hook'],
    'How long the attempts of `ant_watcher_hook_deliveries_total` took, as GitHub measured it; it gives up after ten seconds.',
    ANSWER_BUCKETS_MS,
  ),
  hookLastDelivery: metric(
    'ant_watcher_hook_last_delivery_timestamp_seconds',
    'gauge',
    ['hook'],
    "When GitHub's latest successful delivery was, by its log.",
  ),
  hookLastFailure: metric(
    'ant_watcher_hook_last_failure_timestamp_seconds',
    'gauge',
    ['hook'],
    "When GitHub's latest failed delivery was, by its log. Later than the latest successful one: GitHub does not reach us now.",
  ),
  hookUnread: {
    ...metric(
      'ant_watcher_hook_unread_seconds_total',
      'counter',
      ['hook'],
      'Time of which GitHub had already deleted its log before it was read, so that its deliveries are not in these numbers.',
    ),
    scale: 1000,
  },
};
