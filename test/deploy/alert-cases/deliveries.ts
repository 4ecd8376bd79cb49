import type { AlertCase } from '../alert-case.ts';

const RECEIVED = 'ant_watcher_deliveries_total{event="workflow_job",action="queued",outcome="accepted"}';
const REFUSED = 'ant_watcher_deliveries_total{event="workflow_job",action="",outcome="rejected"}';
const OLDEST = 'ant_watcher_queue_oldest_timestamp_seconds';
const PARKED = 'ant_watcher_queue_deliveries{state="parked"}';
const RANGES = 'ant_watcher_github_hook_ranges_timestamp_seconds';
const FAILED_AT = 'ant_watcher_hook_last_failure_timestamp_seconds{hook="app"}';
const DELIVERED_AT = 'ant_watcher_hook_last_delivery_timestamp_seconds{hook="app"}';
const HOOK = { hook: 'app' };

function rejections(reason: string): string {
  return `ant_watcher_rejections_total{reason="${reason}"}`;
}

function attempts(failed: number, succeeded: number): AlertCase['series'] {
  const attempt = 'ant_watcher_hook_deliveries_total{hook="app",event="workflow_job"';
  return {
    [`${attempt},status="5xx"}`]: `0x60 ${failed}x120`,
    [`${attempt},status="2xx"}`]: `0x60 ${succeeded}x120`,
  };
}

/** More than a week of so many each five minutes, then none. */
function silence(each: number): AlertCase['series'] {
  return { [RECEIVED]: `0+${each}x2000 ${each * 2000}x80` };
}

export const DELIVERY_CASES: readonly AlertCase[] = [
  {
    ...{ alert: 'AntWatcherSilent', what: 'two hours', series: silence(5), weeks: true, at: '10230m' },
    firing: [{ labels: {}, value: '120', summary: 'ant-watcher (ants) has had no webhook for two hours' }],
  },
  {
    ...{ alert: 'AntWatcherSilent', what: 'what arrives is refused', weeks: true, at: '10230m' },
    series: { ...silence(5), [REFUSED]: '0+1x3000' },
    firing: [{ labels: {}, value: '120', summary: 'ant-watcher (ants) has had no webhook for two hours' }],
  },
  { alert: 'AntWatcherSilent', what: 'less than two hours', series: silence(5), weeks: true, at: '10110m' },
  {
    ...{ alert: 'AntWatcherSilent', what: 'as silent as a week ago', weeks: true, at: '10230m' },
    series: { [RECEIVED]: '0x2500' },
  },
  {
    ...{ alert: 'AntWatcherSilent', what: 'few a week ago', weeks: true, at: '10230m' },
    series: { [RECEIVED]: '0 0+1x19 20x2500' },
  },
  {
    ...{ alert: 'AntWatcherBehind', what: 'eleven minutes', series: { [OLDEST]: '0x60' }, at: '11m' },
    firing: [
      {
        ...{ labels: {}, value: '11m 0s' },
        summary: 'The oldest delivery has waited 11m 0s to be processed by ant-watcher (ants)',
      },
    ],
  },
  { alert: 'AntWatcherBehind', what: 'ten minutes', series: { [OLDEST]: '0x60' }, at: '10m' },
  { alert: 'AntWatcherBehind', what: 'always five minutes', series: { [OLDEST]: '-300+60x60' }, at: '30m' },
  {
    ...{ alert: 'AntWatcherParked', what: 'two', series: { [PARKED]: '2x10' }, at: '1m' },
    firing: [
      {
        ...{ labels: { state: 'parked' }, value: '2' },
        summary: '2 deliveries could not be processed by ant-watcher (ants)',
      },
    ],
  },
  { alert: 'AntWatcherParked', what: 'none', series: { [PARKED]: '0x10' }, at: '5m' },
  {
    ...{
      alert: 'AntWatcherRefusing',
      what: 'three',
      series: { [rejections('wrong_signature')]: '0x70 3x80' },
      at: '71m',
    },
    firing: [
      {
        ...{ labels: { reason: 'wrong_signature' }, value: '3' },
        summary: 'ant-watcher (ants) has refused 3 deliveries within an hour: wrong_signature',
      },
    ],
  },
  {
    ...{ alert: 'AntWatcherRefusing', what: 'two', at: '71m' },
    series: { [rejections('wrong_signature')]: '0x70 2x80' },
  },
  {
    ...{ alert: 'AntWatcherRefusing', what: 'what strangers send', at: '71m' },
    series: { [rejections('path_not_found')]: '0x70 300x80' },
  },
  {
    ...{
      alert: 'AntWatcherForeignSender',
      what: 'one',
      series: { [rejections('address_not_allowed')]: '0x70 1x80' },
      at: '71m',
    },
    firing: [
      {
        ...{ labels: { reason: 'address_not_allowed' }, value: '1' },
        summary: 'Somebody else sends to the webhook listener of ant-watcher (ants)',
      },
    ],
  },
  {
    ...{ alert: 'AntWatcherForeignSender', what: 'another refusal', at: '71m' },
    series: { [rejections('wrong_signature')]: '0x70 1x80' },
  },
  {
    ...{ alert: 'AntWatcherHookRangesOld', what: 'over a day', series: { [RANGES]: '-86400x10' }, at: '1m' },
    firing: [
      {
        ...{ labels: {}, value: '1d 0h 1m 0s' },
        summary: "GitHub's addresses were last read 1d 0h 1m 0s ago by ant-watcher (ants)",
      },
    ],
  },
  { alert: 'AntWatcherHookRangesOld', what: 'a day', series: { [RANGES]: '-86400x10' }, at: '0m' },
  {
    ...{ alert: 'AntWatcherHookFailing', what: 'the latest', at: '15m' },
    series: { [FAILED_AT]: '100x60', [DELIVERED_AT]: '50x60' },
    firing: [
      {
        ...{ labels: HOOK, value: '1970-01-01 00:01:40 +0000 UTC' },
        summary: "GitHub's latest delivery of the webhook app failed",
      },
    ],
  },
  {
    ...{
      alert: 'AntWatcherHookFailing',
      what: 'none ever succeeded',
      series: { [FAILED_AT]: '100x60' },
      at: '15m',
    },
    firing: [
      {
        ...{ labels: HOOK, value: '1970-01-01 00:01:40 +0000 UTC' },
        summary: "GitHub's latest delivery of the webhook app failed",
      },
    ],
  },
  {
    ...{ alert: 'AntWatcherHookFailing', what: 'one has succeeded since', at: '15m' },
    series: { [FAILED_AT]: '100x60', [DELIVERED_AT]: '101x60' },
  },
  {
    ...{ alert: 'AntWatcherHookFailing', what: 'for less than a quarter of an hour', at: '14m' },
    series: { [FAILED_AT]: '100x60', [DELIVERED_AT]: '50x60' },
  },
  {
    ...{ alert: 'AntWatcherHookFailures', what: '6 of 100', series: attempts(6, 94), at: '76m' },
    firing: [
      {
        labels: HOOK,
        value: '6%',
        summary: "6% of GitHub's deliveries of the webhook app failed within an hour",
      },
    ],
  },
  { alert: 'AntWatcherHookFailures', what: '5 of 100', series: attempts(5, 95), at: '76m' },
  { alert: 'AntWatcherHookFailures', what: '4 of 10', series: attempts(4, 6), at: '76m' },
];
