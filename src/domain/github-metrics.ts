import { metric } from './metric-kinds.ts';

/** What ant-watcher tells of its asking of GitHub's API, and of what it got back that way. */
export const GITHUB_METRICS = {
  githubRequests: metric(
    'ant_watcher_github_requests_total',
    'counter',
    ['endpoint', 'status'],
    "Requests to GitHub's API by route and HTTP status; without an answer: timeout, network, too_large.",
  ),
  githubRemaining: metric(
    'ant_watcher_github_rate_limit_remaining',
    'gauge',
    ['credential', 'resource'],
    'Requests left until the reset, as GitHub last told: by installation of the App (`app:ID`), the App itself (`app`), `token`.',
  ),
  githubLimit: metric(
    'ant_watcher_github_rate_limit',
    'gauge',
    ['credential', 'resource'],
    'Requests that GitHub allows in a window.',
  ),
  githubReset: metric(
    'ant_watcher_github_rate_limit_reset_timestamp_seconds',
    'gauge',
    ['credential', 'resource'],
    'When the window ends and the whole limit is there again.',
  ),
  githubCacheHits: metric(
    'ant_watcher_github_cache_hits_total',
    'counter',
    [],
    "Answers of GitHub's API that had not changed and cost nothing of the limit.",
  ),
  githubWait: {
    ...metric(
      'ant_watcher_github_wait_seconds_total',
      'counter',
      ['priority'],
      "Time that requests to GitHub's API waited for a limit, for others under way, or to be tried again.",
    ),
    scale: 1000,
  },
  recoveredDeliveries: metric(
    'ant_watcher_recovered_deliveries_total',
    'counter',
    ['source'],
    "Deliveries that GitHub's API told and that were news: redelivery (from the log of deliveries, as they were sent), api (from lists of runs and jobs). They are in `ant_watcher_deliveries_total` too.",
  ),
  recoveryPasses: metric(
    'ant_watcher_recovery_passes_total',
    'counter',
    ['kind', 'outcome'],
    'Passes of recovery by kind: hook_log (the logs of deliveries), listing (runs of repositories that no readable log covers), poll (runs of a repository without webhooks); complete, or partial (goes on with the next).',
  ),
  recoveryLastSuccess: metric(
    'ant_watcher_recovery_last_success_timestamp_seconds',
    'gauge',
    ['kind'],
    'When the last complete pass of recovery in this process began.',
  ),
  recoveryDuration: metric(
    'ant_watcher_recovery_last_duration_seconds',
    'gauge',
    ['kind'],
    'How long the last pass of recovery took, complete or not.',
  ),
  recoveryUnreadable: metric(
    'ant_watcher_recovery_unreadable_places',
    'gauge',
    [],
    'Repositories, owners and lists of runners that GitHub does not let us read; /health names them, with what GitHub says.',
  ),
  recoveryOldest: metric(
    'ant_watcher_recovery_oldest_mark_timestamp_seconds',
    'gauge',
    [],
    'Up to when everything is known of the repository that is furthest behind, also while GitHub refuses it: now minus this is the lag of recovery and of polling.',
  ),
};
