import { SELF } from '../../../src/domain/own-metrics.ts';
import { BOARDS, COUNT, DURATION, label, SHARE } from '../annotations.ts';
import { grown, once, select } from '../promql.ts';
import { type AlertRule, spellSeconds } from '../rule.ts';
import { THRESHOLDS } from '../thresholds.ts';

const HEALTH = { page: '/health-page', board: BOARDS.self };

/** What is asked of GitHub, and recovered through it. */
export const GITHUB_ALERTS: readonly AlertRule[] = [
  {
    name: 'AntWatcherRecoveryBehind',
    severity: 'warning',
    expr: `time() - ${once(select(SELF.recoveryOldest))} > ${THRESHOLDS.recoverySeconds}`,
    for: '15m',
    summary: `Recovery of ant-watcher (${label('job')}) is ${DURATION} behind`,
    description: 'What GitHub could not deliver since is missing in the numbers of at least one repository.',
    ...HEALTH,
    runbook: {
      means: `Of at least one repository, nothing later than ${spellSeconds(THRESHOLDS.recoverySeconds)} ago has been read from GitHub.`,
      look: '`checks.github` of `/health`: which, and what GitHub answers.',
      fix: '[Access that is lost](recover.md#access-that-is-lost), or too few requests: see [AntWatcherRateLimitLow](#antwatcherratelimitlow).',
      harmless: 'The first hours after an installation or a long outage, while it gets less.',
    },
  },
  {
    name: 'AntWatcherGitHubSilent',
    severity: 'warning',
    expr: `${grown(select(SELF.logEvents, { level: 'warn', code: 'github_silent' }), '30m')} > 0`,
    summary: `GitHub does not answer ant-watcher (${label('job')})`,
    description: 'It has not since the start, or since the clock was set. Recovery and polling wait.',
    ...HEALTH,
    runbook: {
      means:
        'After a start, nothing is read before GitHub has said what time it is, and it has not. There may be no mark yet that [AntWatcherRecoveryBehind](#antwatcherrecoverybehind) could compare with.',
      look: 'The `reason` in the log, and `ant-watcher doctor`.',
      fix: 'Let it reach `github.api_url`: DNS, firewall, `HTTPS_PROXY`, certificates.',
      harmless: 'GitHub is down, and githubstatus.com says so.',
    },
  },
  {
    name: 'AntWatcherPlacesUnreadable',
    severity: 'info',
    expr: `${once(select(SELF.recoveryUnreadable))} > 0`,
    for: '1h',
    summary: `GitHub denies ant-watcher (${label('job')}) access to ${COUNT} places`,
    description: 'Repositories, owners or lists of runners. /health names them.',
    ...HEALTH,
    runbook: {
      means: 'GitHub refuses to show something that was configured or installed.',
      look: '`/health`: the names, with the reason that GitHub gives.',
      fix: '[Access that is lost](recover.md#access-that-is-lost): a permission that was not accepted, a token that has expired, a repository that is gone.',
      harmless: 'The repository was archived or deleted: take it out of `github.repositories`.',
    },
  },
  {
    name: 'AntWatcherWebhooksLost',
    severity: 'info',
    expr: `${grown(select(SELF.recoveredDeliveries, { source: 'redelivery' }), '1h')} > 0`,
    summary: `${COUNT} webhooks were lost on the way to ant-watcher (${label('job')}) within an hour, and recovered`,
    description: "They came from GitHub's log of deliveries, and are counted.",
    ...HEALTH,
    runbook: {
      means: 'GitHub could not deliver some webhooks. They were found in its log and counted late.',
      look: '[What GitHub saw](recover.md#what-github-saw): when, and with which status.',
      fix: 'Nothing, if it was a restart. If it goes on: as for [AntWatcherHookFailures](#antwatcherhookfailures).',
      harmless: 'After each restart or outage of one process.',
    },
  },
  {
    name: 'AntWatcherRateLimitLow',
    severity: 'info',
    expr: [
      `${once(select(SELF.githubRemaining))} / ${once(select(SELF.githubLimit))} < ${THRESHOLDS.rateLimitLeft}`,
      `  and ${once(select(SELF.githubReset))} > time()`,
    ].join('\n'),
    for: '10m',
    summary: `${label('credential')} has ${SHARE} of its requests to GitHub left (${label('resource')})`,
    description: 'When none is left, recovery waits for the next window.',
    ...HEALTH,
    runbook: {
      means: `Less than ${THRESHOLDS.rateLimitLeft * 100} % of the requests of this window are left.`,
      look: '`ant_watcher_github_requests_total` by `endpoint`. Does another program use the same login?',
      fix: 'An App of its own for ant-watcher; webhooks instead of polling. [What it costs](recover.md#what-it-costs) has the numbers.',
      harmless: 'A backfill. It waits by itself.',
    },
  },
];
