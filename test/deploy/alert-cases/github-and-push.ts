import type { AlertCase } from '../alert-case.ts';

const MARK = 'ant_watcher_recovery_oldest_mark_timestamp_seconds';
const SILENT = 'ant_watcher_log_events_total{level="warn",code="github_silent"}';
const UNREADABLE = 'ant_watcher_recovery_unreadable_places';
const REDELIVERED = 'ant_watcher_recovered_deliveries_total{source="redelivery"}';
const QUOTA = '{credential="app:7",resource="core"}';
const REMAINING = `ant_watcher_github_rate_limit_remaining${QUOTA}`;
const LIMIT = `ant_watcher_github_rate_limit${QUOTA}`;
const RESET = `ant_watcher_github_rate_limit_reset_timestamp_seconds${QUOTA}`;
const WAITING = 'ant_watcher_outbox_oldest_timestamp_seconds{sink="main"}';
const REFUSED = 'ant_watcher_push_requests_total{sink="main",outcome="refused"}';
const EXPIRED = 'ant_watcher_samples_total{sink="main",outcome="expired"}';
const SPANS_WAITING = 'ant_watcher_trace_outbox_oldest_timestamp_seconds{sink="tempo"}';
const LEFT_OUT = 'ant_watcher_spans_total{sink="tempo",outcome="rejected"}';
const GIVEN_UP = 'ant_watcher_repeated_samples_total{sink="main",outcome="given_up"}';

export const GITHUB_CASES: readonly AlertCase[] = [
  {
    ...{ alert: 'AntWatcherRecoveryBehind', what: 'over an hour', series: { [MARK]: '0x200' }, at: '76m' },
    firing: [
      { labels: {}, value: '1h 16m 0s', summary: 'Recovery of ant-watcher (ants) is 1h 16m 0s behind' },
    ],
  },
  { alert: 'AntWatcherRecoveryBehind', what: 'for not long enough', series: { [MARK]: '0x200' }, at: '75m' },
  {
    alert: 'AntWatcherRecoveryBehind',
    what: 'always an hour',
    series: { [MARK]: '-3600+60x200' },
    at: '100m',
  },
  {
    ...{ alert: 'AntWatcherGitHubSilent', what: 'it says so', series: { [SILENT]: '0x40 1x60' }, at: '41m' },
    firing: [
      {
        ...{ labels: { level: 'warn', code: 'github_silent' }, value: '1' },
        summary: 'GitHub does not answer ant-watcher (ants)',
      },
    ],
  },
  {
    ...{ alert: 'AntWatcherGitHubSilent', what: 'another warning', at: '41m' },
    series: { [SILENT.replace('github_silent', 'clock_wrong')]: '0x40 1x60' },
  },
  {
    ...{
      alert: 'AntWatcherPlacesUnreadable',
      what: 'for an hour',
      series: { [UNREADABLE]: '2x90' },
      at: '60m',
    },
    firing: [{ labels: {}, value: '2', summary: 'GitHub denies ant-watcher (ants) access to 2 places' }],
  },
  { alert: 'AntWatcherPlacesUnreadable', what: 'for less', series: { [UNREADABLE]: '2x90' }, at: '59m' },
  {
    ...{ alert: 'AntWatcherWebhooksLost', what: 'two', series: { [REDELIVERED]: '0x70 2x80' }, at: '71m' },
    firing: [
      {
        ...{ labels: { source: 'redelivery' }, value: '2' },
        summary: '2 webhooks were lost on the way to ant-watcher (ants) within an hour, and recovered',
      },
    ],
  },
  {
    ...{ alert: 'AntWatcherWebhooksLost', what: 'found in lists', at: '71m' },
    series: { [REDELIVERED.replace('redelivery', 'api')]: '0x70 2x80' },
  },
  {
    ...{ alert: 'AntWatcherRateLimitLow', what: 'less than a tenth', at: '11m' },
    series: { [REMAINING]: '450x60', [LIMIT]: '5000x60', [RESET]: '6000x60' },
    firing: [
      {
        ...{ labels: { credential: 'app:7', resource: 'core' }, value: '9%' },
        summary: 'app:7 has 9% of its requests to GitHub left (core)',
      },
    ],
  },
  {
    ...{ alert: 'AntWatcherRateLimitLow', what: 'a tenth', at: '11m' },
    series: { [REMAINING]: '500x60', [LIMIT]: '5000x60', [RESET]: '6000x60' },
  },
  {
    ...{ alert: 'AntWatcherRateLimitLow', what: 'a window that is over', at: '11m' },
    series: { [REMAINING]: '0x60', [LIMIT]: '5000x60', [RESET]: '600x60' },
  },
];

export const PUSH_CASES: readonly AlertCase[] = [
  {
    ...{ alert: 'AntWatcherReceiverAway', what: 'sixteen minutes', series: { [WAITING]: '0x60' }, at: '16m' },
    firing: [
      {
        labels: { sink: 'main' },
        value: '16m 0s',
        summary: 'Samples have waited 16m 0s for the receiver main',
      },
    ],
  },
  { alert: 'AntWatcherReceiverAway', what: 'a quarter of an hour', series: { [WAITING]: '0x60' }, at: '15m' },
  {
    ...{ alert: 'AntWatcherReceiverRefuses', what: 'once', series: { [REFUSED]: '0x20 1x60' }, at: '21m' },
    firing: [
      {
        ...{ labels: { sink: 'main', outcome: 'refused' }, value: '1' },
        summary: 'The receiver main refuses requests of ant-watcher (ants)',
      },
    ],
  },
  {
    ...{ alert: 'AntWatcherReceiverRefuses', what: 'tried again', at: '21m' },
    series: { [REFUSED.replace('refused', 'retry')]: '0x20 1x60' },
  },
  {
    ...{ alert: 'AntWatcherSamplesLost', what: 'five', series: { [EXPIRED]: '_x70 5x80' }, at: '71m' },
    firing: [
      {
        ...{ labels: { sink: 'main', outcome: 'expired' }, value: '5' },
        summary: '5 samples did not reach the receiver main: expired',
      },
    ],
  },
  {
    ...{ alert: 'AntWatcherSamplesLost', what: 'sent', at: '71m' },
    series: { [EXPIRED.replace('expired', 'sent')]: '_x70 5x80' },
  },
  {
    ...{
      alert: 'AntWatcherEndpointAway',
      what: 'sixteen minutes',
      series: { [SPANS_WAITING]: '0x60' },
      at: '16m',
    },
    firing: [
      {
        labels: { sink: 'tempo' },
        value: '16m 0s',
        summary: 'Spans have waited 16m 0s for the endpoint tempo',
      },
    ],
  },
  {
    alert: 'AntWatcherEndpointAway',
    what: 'a quarter of an hour',
    series: { [SPANS_WAITING]: '0x60' },
    at: '15m',
  },
  {
    ...{ alert: 'AntWatcherSpansLost', what: 'five', series: { [LEFT_OUT]: '0x70 5x80' }, at: '71m' },
    firing: [
      {
        ...{ labels: { sink: 'tempo', outcome: 'rejected' }, value: '5' },
        summary: '5 spans did not reach the endpoint tempo: rejected',
      },
    ],
  },
  {
    ...{ alert: 'AntWatcherSpansLost', what: 'sent', at: '71m' },
    series: { [LEFT_OUT.replace('rejected', 'sent')]: '0x70 5x80' },
  },
  {
    ...{ alert: 'AntWatcherSamplesMaybeLost', what: 'five', series: { [GIVEN_UP]: '0x70 5x80' }, at: '71m' },
    firing: [
      {
        ...{ labels: { sink: 'main', outcome: 'given_up' }, value: '5' },
        summary: 'The receiver main restarted and may have lost 5 samples',
      },
    ],
  },
  {
    ...{ alert: 'AntWatcherSamplesMaybeLost', what: 'sent again', at: '71m' },
    series: { [GIVEN_UP.replace('given_up', 'sent')]: '0x70 5x80' },
  },
];
