import { metric } from './metric.ts';

/** Metrics about requests to GitHub's API, and about what was recovered through it. */
export const GITHUB_METRICS = {
  githubRequests: metric(
    'ant_watcher_github_requests_total',
    'counter',
    ['endpoint', 'status'],
    "Requests to GitHub's API by route and HTTP status. Without a usable response: timeout, network, too_large.",
  ),
  githubRemaining: metric(
    'ant_watcher_github_rate_limit_remaining',
    'gauge',
    ['credential', 'resource'],
    'Requests left until the reset, as last reported by GitHub. credential: an installation of the App (`app:ID`), the App itself (`app`), or `token`.',
  ),
  githubLimit: metric(
    'ant_watcher_github_rate_limit',
    'gauge',
    ['credential', 'resource'],
    'Requests that GitHub allows per window.',
  ),
  githubReset: metric(
    'ant_watcher_github_rate_limit_reset_timestamp_seconds',
    'gauge',
    ['credential', 'resource'],
    'When the current rate limit window ends.',
  ),
  githubCacheHits: metric(
    'ant_watcher_github_cache_hits_total',
    'counter',
    [],
    "Responses of GitHub's API that had not changed (304) and did not count against the rate limit.",
  ),
  githubImplausible: metric(
    'ant_watcher_github_implausible_answers_total',
    'counter',
    ['endpoint', 'reason'],
    "Responses of GitHub's API that can't be true or have no end, by route. What they were needed for is tried again later. reason: circle, repeated_page, empty_pages, crowded_page, other_list, not_older, too_long, attempts, too_complex, stale_etag.",
  ),
  githubWait: {
    ...metric(
      'ant_watcher_github_wait_seconds_total',
      'counter',
      ['priority'],
      "Time that requests to GitHub's API waited for a rate limit, a free slot or a retry.",
    ),
    scale: 1000,
  },
  failuresAsked: metric(
    'ant_watcher_failures_asked_total',
    'counter',
    ['outcome'],
    'Failed and cancelled jobs by what came of asking GitHub for their annotations: read, not_visible (GitHub does not show them), too_old (over a week could not be asked), too_many (over 10,000 later ones waited). Only with `github.annotations`.',
  ),
  recoveredDeliveries: metric(
    'ant_watcher_recovered_deliveries_total',
    'counter',
    ['source'],
    "Deliveries recovered through GitHub's API that had not arrived before: redelivery (from a webhook's delivery log), api (from lists of runs and jobs). Also counted in `ant_watcher_deliveries_total`.",
  ),
  recoveryPasses: metric(
    'ant_watcher_recovery_passes_total',
    'counter',
    ['kind', 'outcome'],
    'Recovery passes by kind: hook_log (webhook delivery logs), listing (runs of repositories that no readable log covers), poll (runs of a repository without webhooks). outcome: complete, or partial (the next pass continues).',
  ),
  recoveryLastSuccess: metric(
    'ant_watcher_recovery_last_success_timestamp_seconds',
    'gauge',
    ['kind'],
    'When the last complete recovery pass of this process began.',
  ),
  recoveryDuration: metric(
    'ant_watcher_recovery_last_duration_seconds',
    'gauge',
    ['kind'],
    'Duration of the last recovery pass, complete or not.',
  ),
  recoveryUnreadable: metric(
    'ant_watcher_recovery_unreadable_places',
    'gauge',
    [],
    'Repositories, owners, runner lists and bills that GitHub does not allow to read. /health names them, with the reason that GitHub gives.',
  ),
  recoveryOldest: metric(
    'ant_watcher_recovery_oldest_mark_timestamp_seconds',
    'gauge',
    [],
    'Up to when the repository that is furthest behind has been read. Now minus this is the lag of recovery or polling.',
  ),
};
