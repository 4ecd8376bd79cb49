import { CHECK_STORE, type LogEvent } from './log-event.ts';

/** Reading from GitHub what no webhook delivered. */
export const GITHUB_EVENTS = {
  permission_missing: {
    level: 'warn',
    message: 'GitHub permission missing',
    about:
      'GitHub refused a request: `permission` is what it needs, `without` is the consequence. Logged once a day.',
    action: 'Follow the hint; `ant-watcher doctor` checks all permissions.',
  },
  github_answer_implausible: {
    level: 'warn',
    message: 'GitHub answer implausible; trying again later',
    about:
      'Something between here and GitHub, or GitHub itself, sends answers that cannot be true, such as an endless list: see `reason`. Nothing in them is counted. Logged once a day for each `endpoint` and `reason`.',
    action: 'Check what answers at `github.api_url`, and the proxies in between.',
  },
  repository_unreadable: {
    level: 'warn',
    message: 'GitHub repository or owner unreadable',
    about:
      'Nothing can be read there until somebody changes something. Logged once for each reason; of bills and runners, once for each.',
    action: 'Follow the hint; `/health` names all of them.',
  },
  repositories_not_covered: {
    level: 'warn',
    message: 'Some repositories not covered',
    about: 'GitHub does not list them for these credentials.',
    action: 'Name them in `github.repositories`, or use credentials that can see them.',
  },
  repositories_not_listed: {
    level: 'warn',
    message: 'GitHub repositories of an owner not listed',
    about: 'Known repositories are still read; new ones are found later.',
    action: 'Nothing, if it passes; see `reason`.',
  },
  installations_not_listed: {
    level: 'warn',
    message: 'GitHub installations of the App not listed',
    about: 'Known repositories are still read; new ones are found later.',
    action: 'Nothing, if it passes; see `reason`.',
  },
  hook_ranges_unknown: {
    level: 'error',
    message: "GitHub's webhook addresses unknown; refusing deliveries",
    about: '`webhook.allowed_ips` says `github`, and `GET /meta` could not be read yet.',
    action:
      'Let the service reach `github.api_url`, or list the addresses in `webhook.allowed_ips` (as Enterprise Server needs it).',
  },
  hook_ranges_not_refreshed: {
    level: 'warn',
    message: "GitHub's webhook addresses not refreshed; keeping the known ones",
    about: '`GET /meta` could not be read.',
    action: 'Let the service reach `github.api_url`.',
  },
  hook_ranges_not_saved: {
    level: 'warn',
    message: "GitHub's webhook addresses not saved",
    about: 'After a restart, deliveries are refused until they have been read again.',
    action: CHECK_STORE,
  },
  github_silent: {
    level: 'warn',
    message: 'GitHub does not answer; recovery and polling wait',
    about:
      'After a start, and after the clock was set, nothing is read before GitHub has said what time it is. It is asked every ten seconds; `reason` says what went wrong.',
    action: 'Let the service reach `github.api_url`; `ant-watcher doctor` tests the way.',
  },
  recovery_paused: {
    level: 'warn',
    message: 'Store unavailable; recovery paused',
    about: 'It continues as soon as the store works.',
    action: CHECK_STORE,
  },
  recovery_incomplete: {
    level: 'warn',
    message: 'Recovery incomplete; continuing later',
    about: 'GitHub did not answer everything: see `reason`. The next pass continues at `retryAtMs`.',
    action:
      'Nothing, if it passes. If the rate limit is always used up, use a GitHub App instead of a token.',
  },
  hook_not_reaching_us: {
    level: 'warn',
    message: 'GitHub cannot deliver webhooks to us',
    about:
      'By its log, the last three attempts to deliver of this `hook` failed, or all there are: `said` is what GitHub saw, `since` when it began. Logged once until it is over. What is lost meanwhile is recovered.',
    action:
      'Follow the hint: the address and the secret in the settings of the webhook, and all between GitHub and `webhook.port`. `ant-watcher doctor` tests it.',
  },
  hook_log_too_short: {
    level: 'warn',
    message: 'GitHub has deleted a part of the delivery log of a webhook',
    about:
      'Nothing was read for longer than GitHub keeps its log. Lists of runs fill the gap; the numbers of deliveries lack those of `unreadMs`, and `ant_watcher_hook_unread_seconds_total` counts it.',
    action: 'Nothing.',
  },
  lost_delivery_skipped_after_crashes: {
    level: 'error',
    message: 'Lost delivery skipped after repeated crashes',
    about: 'The process ended each time the delivery was read, so it is skipped.',
    action: 'Please report the line with the bugs before it.',
  },
  lost_delivery_unavailable: {
    level: 'warn',
    message: 'Lost delivery no longer available from GitHub',
    about: 'The delivery log lists it, but GitHub does not return it. Lists of runs fill the gap.',
    action: 'Nothing.',
  },
  object_skipped: {
    level: 'error',
    message: 'Object from GitHub skipped because of a bug',
    about: 'One run, job or delivery could not be read; all others were.',
    action: 'Please report the line.',
  },
  reconciliation_paused_store: {
    level: 'warn',
    message: 'Store unavailable; reconciliation paused',
    about: 'Unfinished work is checked as soon as the store works.',
    action: CHECK_STORE,
  },
  reconciliation_paused_github: {
    level: 'warn',
    message: 'GitHub unavailable; reconciliation paused',
    about: 'Unfinished work is checked later: see `reason` and `retryAtMs`.',
    action: 'Nothing, if it passes.',
  },
  failure_reasons_paused_store: {
    level: 'warn',
    message: 'Store unavailable; annotations of failed jobs not read',
    about: 'GitHub is asked as soon as the store works.',
    action: CHECK_STORE,
  },
  failure_reasons_paused_github: {
    level: 'warn',
    message: 'GitHub unavailable; annotations of failed jobs not read',
    about: 'GitHub is asked later: see `reason`.',
    action: 'Nothing, if it passes.',
  },
  runners_paused: {
    level: 'warn',
    message: 'Store unavailable; runners not counted',
    about: 'Their gauges are absent until the store works.',
    action: CHECK_STORE,
  },
  runners_not_counted: {
    level: 'warn',
    message: 'GitHub unavailable; runners not counted',
    about:
      'The gauges of this target are absent until GitHub answers again. Consecutive failures are logged once.',
    action: 'Nothing, if it passes; see `reason`.',
  },
  billing_paused: {
    level: 'warn',
    message: 'Store unavailable; bills not read',
    about: 'The last report is shown until it is three days old.',
    action: CHECK_STORE,
  },
  billing_not_read: {
    level: 'warn',
    message: 'GitHub unavailable; bill not read',
    about:
      'The last report of this owner is shown until it is three days old. Consecutive failures are logged once.',
    action: 'Nothing, if it passes; see `reason`.',
  },
} as const satisfies Record<string, LogEvent>;
