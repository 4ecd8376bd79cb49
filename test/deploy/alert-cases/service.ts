import { type AlertCase, PROCESS } from '../alert-case.ts';

const SCRAPED = 'ant_watcher_queue_deliveries{state="pending"}';
const WRITABLE = 'ant_watcher_store_writable';
const STARTED = 'process_start_time_seconds';
const BUILD = 'ant_watcher_build_info{version="1",node="v26"}';
const OPEN = 'process_open_fds';
const MAX = 'process_max_fds';
const EXPIRY = 'ant_watcher_tls_certificate_expiry_timestamp_seconds{listener="webhook"}';
const RELOADS = 'ant_watcher_tls_reloads_total{listener="api",outcome="failed"}';
const LOGGED = 'ant_watcher_log_events_total{level="error",code="collector_failed"}';
const UNREAD = 'ant_watcher_unread_responses_total{listener="api",reason="stalled"}';
const DROPPED = 'ant_watcher_series_dropped_total{metric="github_actions_jobs_total"}';
const NUMBERS = 'ant_watcher_job_numbers_dropped_total';

export const SERVICE_CASES: readonly AlertCase[] = [
  {
    ...{ alert: 'AntWatcherDown', what: 'gone for over five minutes', at: '15m' },
    series: { [SCRAPED]: '0x3' },
    firing: [{ labels: {}, value: '1', summary: 'ant-watcher (ants) does not answer scrapes' }],
  },
  { alert: 'AntWatcherDown', what: 'gone for less', series: { [SCRAPED]: '0x3' }, at: '12m' },
  { alert: 'AntWatcherDown', what: 'gone and back', series: { [SCRAPED]: '0x3 _x8 0x10' }, at: '17m' },
  {
    ...{ alert: 'AntWatcherDown', what: 'one of two replicas', at: '30m' },
    series: { [SCRAPED]: '0x3', 'ant_watcher_queue_deliveries{state="pending",instance="b:9876"}': '0x60' },
  },
  {
    ...{ alert: 'AntWatcherDown', what: 'one of two ant-watchers', at: '30m' },
    series: { [SCRAPED]: '0x60', 'ant_watcher_queue_deliveries{state="pending",job="others"}': '0x3' },
    firing: [
      { labels: { job: 'others' }, value: '1', summary: 'ant-watcher (others) does not answer scrapes' },
    ],
  },
  {
    alert: 'AntWatcherDown',
    what: 'removed a week ago',
    series: { [SCRAPED]: '0x3' },
    at: '10110m',
    weeks: true,
  },
  {
    ...{
      alert: 'AntWatcherStoreNotWritable',
      what: 'for two minutes',
      series: { [WRITABLE]: '0x10' },
      at: '2m',
    },
    firing: [{ labels: {}, value: '0', summary: "ant-watcher (ants) can't write its database" }],
  },
  { alert: 'AntWatcherStoreNotWritable', what: 'for one minute', series: { [WRITABLE]: '0x10' }, at: '1m' },
  { alert: 'AntWatcherStoreNotWritable', what: 'it can', series: { [WRITABLE]: '1x10' }, at: '5m' },
  {
    ...{ alert: 'AntWatcherRestarting', what: 'four times', at: '30m' },
    series: { [STARTED]: '0x5 60 120 180 240x60', [BUILD]: '1x60' },
    firing: [
      { labels: PROCESS, value: '4', summary: 'ant-watcher (a:9876) has restarted 4 times within an hour' },
    ],
  },
  {
    ...{ alert: 'AntWatcherRestarting', what: 'three times', at: '30m' },
    series: { [STARTED]: '0x5 60 120 180x60', [BUILD]: '1x60' },
  },
  {
    ...{ alert: 'AntWatcherRestarting', what: 'another program', at: '30m' },
    series: { [STARTED]: '0x5 60 120 180 240x60' },
  },
  {
    ...{ alert: 'AntWatcherMemoryPressure', what: 'five minutes', at: '5m' },
    series: { ant_watcher_memory_pressure: '1x10' },
    firing: [{ labels: PROCESS, value: '1', summary: 'ant-watcher (a:9876) has nearly no memory left' }],
  },
  {
    ...{ alert: 'AntWatcherMemoryPressure', what: 'four minutes', at: '4m' },
    series: { ant_watcher_memory_pressure: '1x10' },
  },
  {
    ...{ alert: 'AntWatcherFileDescriptors', what: '91 of 100', at: '5m' },
    series: { [OPEN]: '91x10', [MAX]: '100x10', [BUILD]: '1x10' },
    firing: [
      { labels: PROCESS, value: '91%', summary: 'ant-watcher (a:9876) has 91% of its file descriptors open' },
    ],
  },
  {
    ...{ alert: 'AntWatcherFileDescriptors', what: '90 of 100', at: '5m' },
    series: { [OPEN]: '90x10', [MAX]: '100x10', [BUILD]: '1x10' },
  },
  {
    ...{ alert: 'AntWatcherFileDescriptors', what: 'another program', at: '5m' },
    series: { [OPEN]: '91x10', [MAX]: '100x10' },
  },
  {
    ...{ alert: 'AntWatcherClockWrong', what: 'behind by 61 seconds', at: '5m' },
    series: { ant_watcher_clock_offset_seconds: '-61x10' },
    firing: [{ labels: PROCESS, value: '1m 1s', summary: 'The clock of a:9876 is wrong by 1m 1s' }],
  },
  {
    ...{ alert: 'AntWatcherClockWrong', what: 'ahead by 60 seconds', at: '5m' },
    series: { ant_watcher_clock_offset_seconds: '60x10' },
  },
  {
    ...{ alert: 'AntWatcherReloadFailed', what: 'it failed', at: '5m' },
    series: { ant_watcher_config_last_reload_successful: '0x10' },
    firing: [{ labels: PROCESS, value: '0', summary: 'The last reload of ant-watcher (a:9876) failed' }],
  },
  {
    ...{ alert: 'AntWatcherReloadFailed', what: 'it succeeded', at: '5m' },
    series: { ant_watcher_config_last_reload_successful: '1x10' },
  },
  {
    ...{ alert: 'AntWatcherCertificateExpires', what: 'in less than a week', at: '1m' },
    series: { [EXPIRY]: '604800x10' },
    firing: [
      {
        ...{ labels: { ...PROCESS, listener: 'webhook' }, value: '6d 23h 59m 0s' },
        summary: 'The certificate of the webhook listener expires in 6d 23h 59m 0s',
      },
    ],
  },
  { alert: 'AntWatcherCertificateExpires', what: 'in a week', series: { [EXPIRY]: '604800x10' }, at: '0m' },
  {
    ...{
      alert: 'AntWatcherCertificateReloadFailed',
      what: 'once',
      series: { [RELOADS]: '0x70 1x80' },
      at: '71m',
    },
    firing: [
      {
        ...{ labels: { listener: 'api', outcome: 'failed' }, value: '1' },
        summary: 'A new certificate of the api listener is invalid',
      },
    ],
  },
  {
    ...{ alert: 'AntWatcherCertificateReloadFailed', what: 'renewed', at: '71m' },
    series: { [RELOADS.replace('failed', 'renewed')]: '0x70 1x80' },
  },
  {
    ...{ alert: 'AntWatcherErrorLogged', what: 'once', series: { [LOGGED]: '_x20 1x60' }, at: '21m' },
    firing: [
      {
        ...{ labels: { level: 'error', code: 'collector_failed' }, value: '1' },
        summary: 'ant-watcher (ants) has logged an error: collector_failed',
      },
    ],
  },
  { alert: 'AntWatcherErrorLogged', what: '16 minutes later', series: { [LOGGED]: '_x20 1x60' }, at: '37m' },
  {
    ...{ alert: 'AntWatcherErrorLogged', what: 'a warning', at: '21m' },
    series: { [LOGGED.replace('error', 'warn')]: '_x20 1x60' },
  },
  {
    ...{ alert: 'AntWatcherScrapesUnread', what: 'once', series: { [UNREAD]: '0x20 1x60' }, at: '21m' },
    firing: [
      {
        ...{ labels: { listener: 'api', reason: 'stalled' }, value: '1' },
        summary: 'A client of the API of ant-watcher (ants) does not read what it asks for',
      },
    ],
  },
  {
    ...{ alert: 'AntWatcherScrapesUnread', what: 'a sender of webhooks', at: '21m' },
    series: { [UNREAD.replace('api', 'webhook')]: '0x20 1x60' },
  },
  {
    ...{
      alert: 'AntWatcherSeriesCapped',
      what: 'a series that begins at 5',
      series: { [DROPPED]: '_x70 5x80' },
      at: '71m',
    },
    firing: [
      {
        ...{ labels: { metric: 'github_actions_jobs_total' }, value: '5' },
        summary: 'github_actions_jobs_total has as many series as metrics.max_series allows',
      },
    ],
  },
  { alert: 'AntWatcherSeriesCapped', what: 'not any more', series: { [DROPPED]: '5x200' }, at: '71m' },
  {
    ...{ alert: 'AntWatcherJobNumbersDropped', what: 'five', series: { [NUMBERS]: '0x70 5x80' }, at: '71m' },
    firing: [
      { labels: {}, value: '5', summary: 'Numbers that jobs report were dropped by ant-watcher (ants)' },
    ],
  },
  { alert: 'AntWatcherJobNumbersDropped', what: 'not any more', series: { [NUMBERS]: '5x200' }, at: '71m' },
];
