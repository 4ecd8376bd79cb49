import { SELF } from '../../../src/domain/own-metrics.ts';
import { BOARDS, COUNT, DURATION, label, SHARE } from '../annotations.ts';
import { grown, installationAnd, once, select } from '../promql.ts';
import { RECORDED } from '../recording-rules.ts';
import { type AlertRule, spellSeconds } from '../rule.ts';
import { THRESHOLDS } from '../thresholds.ts';

const HEALTH = { page: '/health-page', board: BOARDS.self };
/** Those that only a sender which knows the address and means us can cause, or we ourselves. */
const TELLING_REFUSALS = [
  'wrong_signature',
  'missing_signature',
  'rate_limited',
  'addresses_unknown',
  'overloaded',
  'store_unavailable',
  'internal_error',
];
const LAST_FAILURE = once(select(SELF.hookLastFailure));
const LAST_DELIVERY = once(select(SELF.hookLastDelivery));

/** `offset`: as of that time. */
function received(offset = ''): string {
  const deliveries = select(SELF.deliveries, { outcome: { not: 'rejected' } });
  return `sum by (${installationAnd()}) (${once(`increase(${deliveries}[2h]${offset})`)})`;
}

/** From GitHub to the numbers. */
export const DELIVERY_ALERTS: readonly AlertRule[] = [
  {
    name: 'AntWatcherSilent',
    severity: 'warning',
    expr: `${received(' offset 1w')} > ${THRESHOLDS.usualDeliveries}\n  and ${received()} == 0`,
    for: '10m',
    summary: `ant-watcher (${label('job')}) has had no webhook for two hours`,
    description:
      'At this time a week ago there were {{ printf "%.0f" $value }}. Either nobody works, or GitHub does not reach it.',
    ...HEALTH,
    runbook: {
      means: `Nothing has arrived for two hours, while more than ${THRESHOLDS.usualDeliveries} deliveries did in the same two hours a week ago. So a quiet night is none, if it was quiet a week ago.`,
      look: "Recent deliveries in the settings of the GitHub App or webhook, and the board: what GitHub's log says.",
      fix: "[GitHub's deliveries fail](troubleshoot.md#githubs-deliveries-fail): address, firewall, certificate, or a webhook that somebody switched off.",
      harmless: 'A holiday. Or githubstatus.com says that webhooks are late.',
    },
  },
  {
    name: 'AntWatcherBehind',
    severity: 'critical',
    expr: `time() - ${once(select(SELF.queueOldest))} > ${THRESHOLDS.behindSeconds}`,
    for: '5m',
    summary: `The oldest delivery has waited ${DURATION} to be processed by ant-watcher (${label('job')})`,
    description: 'Every number is that old. Nothing is lost: what was accepted is stored.',
    ...HEALTH,
    runbook: {
      means: `Deliveries are accepted, and processed more than ${spellSeconds(THRESHOLDS.behindSeconds)} later.`,
      look: '`ant_watcher_queue_deliveries`: does `pending` grow (too much work), or is it `retrying` (something fails)? The log names what fails.',
      fix: 'If one thing fails again and again, it is parked after a while. If it is too much work: processor time, the disk, or [PostgreSQL](troubleshoot.md#postgresql-is-away-too-slow-or-refuses).',
      harmless: 'A backfill or a long outage is being caught up: it ends by itself.',
    },
  },
  {
    name: 'AntWatcherParked',
    severity: 'warning',
    expr: `${once(select(SELF.queueDeliveries, { state: 'parked' }))} > 0`,
    for: '1m',
    summary: `${COUNT} deliveries could not be processed by ant-watcher (${label('job')})`,
    description: 'They are kept, and in no number.',
    ...HEALTH,
    runbook: {
      means: 'A delivery failed so often that it was put aside.',
      look: '`/health`, or Health on the page: which, and why.',
      fix: '[A delivery is parked](troubleshoot.md#a-delivery-is-parked): replay it after an upgrade, or discard it.',
      harmless: 'Never quite: a number lacks it.',
    },
  },
  {
    name: 'AntWatcherRefusing',
    severity: 'warning',
    expr: `${grown(select(SELF.rejections, { reason: TELLING_REFUSALS }), '1h')} >= ${THRESHOLDS.refusals}`,
    summary: `ant-watcher (${label('job')}) has refused ${COUNT} deliveries within an hour: ${label('reason')}`,
    description: 'If they are from GitHub, they are missing in the numbers until recovery finds them.',
    ...HEALTH,
    runbook: {
      means: `${THRESHOLDS.refusals} deliveries or more were refused within an hour for a reason that is seldom a stranger's. An open port collects other refusals all the time; these are left out.`,
      look: 'The log: which address, which hook. Recent deliveries in the settings of the webhook show the answer.',
      fix: '`wrong_signature`, `missing_signature`: the secret here and at GitHub differ ([Rotate a secret](configure.md#rotate-a-secret)). `rate_limited`, `overloaded`: [limits](configure.md#limits). `store_unavailable`: see [AntWatcherStoreNotWritable](#antwatcherstorenotwritable). `addresses_unknown`: see [AntWatcherHookRangesOld](#antwatcherhookrangesold).',
      harmless: 'Somebody tries signatures on an open port: `webhook.allowed_ips=github` keeps them out.',
    },
  },
  {
    name: 'AntWatcherForeignSender',
    severity: 'info',
    expr: `${grown(select(SELF.rejections, { reason: 'address_not_allowed' }), '1h')} > 0`,
    summary: `Somebody else sends to the webhook listener of ant-watcher (${label('job')})`,
    description: `${COUNT} requests within an hour came from addresses that webhook.allowed_ips does not allow.`,
    ...HEALTH,
    runbook: {
      means: 'Requests came from addresses that are not allowed.',
      look: "The log: the addresses. Are they GitHub's (`api.github.com/meta`), or those of a proxy in front?",
      fix: "If they are GitHub's, correct `webhook.allowed_ips`; if they are a proxy's, set `webhook.trusted_proxies`.",
      harmless: 'Where others know the address it happens all the time: leave this alert out.',
    },
  },
  {
    name: 'AntWatcherHookRangesOld',
    severity: 'warning',
    expr: `time() - ${once(select(SELF.hookRangesTime))} > ${THRESHOLDS.hookRangesSeconds}`,
    summary: `GitHub's addresses were last read ${DURATION} ago by ant-watcher (${label('job')})`,
    description: 'When GitHub begins to send from others, they are refused.',
    ...HEALTH,
    runbook: {
      means: '`webhook.allowed_ips` has the word `github`, and the list of its addresses can not be read.',
      look: '`ant-watcher doctor`: does it reach `github.api_url`?',
      fix: 'Let it reach GitHub, or name the addresses yourself.',
      harmless: 'For days it usually is: the addresses seldom change.',
    },
  },
  {
    name: 'AntWatcherHookFailing',
    severity: 'warning',
    expr: `${LAST_FAILURE} > ${LAST_DELIVERY}\n  or ${LAST_FAILURE} unless ${LAST_DELIVERY}`,
    for: '15m',
    summary: `GitHub's latest delivery of the webhook ${label('hook')} failed`,
    description: "At {{ $value | humanizeTimestamp }}, by GitHub's own log, and none has succeeded since.",
    ...HEALTH,
    runbook: {
      means: "By GitHub's own log, the latest attempt failed, a quarter of an hour ago or more.",
      look: '[What GitHub saw](recover.md#what-github-saw): the status tells a proxy (4xx, 5xx) from a network (timeout, refused).',
      fix: "[GitHub's deliveries fail](troubleshoot.md#githubs-deliveries-fail). What was lost meanwhile is recovered.",
      harmless: 'The hook sends seldom, and its last attempt fell into a restart.',
    },
  },
  {
    name: 'AntWatcherHookFailures',
    severity: 'warning',
    expr: `${RECORDED.hookFailures} / ${RECORDED.hookDeliveries} > ${THRESHOLDS.hookFailureShare}\n  and ${RECORDED.hookFailures} >= ${THRESHOLDS.hookMinFailures}`,
    for: '15m',
    summary: `${SHARE} of GitHub's deliveries of the webhook ${label('hook')} failed within an hour`,
    description: "By GitHub's own log. What failed is recovered later.",
    ...HEALTH,
    runbook: {
      means: `More than ${THRESHOLDS.hookFailureShare * 100} % of GitHub's attempts failed within an hour, ${THRESHOLDS.hookMinFailures} or more.`,
      look: '`ant_watcher_hook_deliveries_total` by `status`, and `ant_watcher_hook_delivery_seconds`: GitHub gives up after ten seconds.',
      fix: 'A balancer that sends to replicas that stop ([Replicas](replicas.md)), a limit ([Limits](configure.md#limits)), a slow network.',
      harmless: 'An upgrade without replicas.',
    },
  },
];
