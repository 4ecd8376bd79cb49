import type { AlertCase } from '../alert-case.ts';

const COST = 'github_actions_cost_dollars_total{repository="o/r",workflow="CI",sku="linux"}';
const WASTED = 'github_actions_wasted_dollars_total{repository="o/r",workflow="CI",reason="repeated"}';
const REPORT = 'github_actions_billing_report_timestamp_seconds{owner="octo"}';
/** A step is five minutes. */
const DAY = 288;

/** Nine days of `usual` dollars in each step, then a day of `unusual`. */
function spending(usual: number, unusual: number): AlertCase['series'] {
  return { [COST]: `0+${usual}x${9 * DAY} ${9 * DAY * usual}+${unusual}x${DAY}` };
}

/** Nothing for a week, and then this. */
function wasting(wasted: number, cost: number): AlertCase['series'] {
  return { [WASTED]: `0x2016 ${wasted}x100`, [COST]: `0x2016 ${cost}x100` };
}

export const COST_CASES: readonly AlertCase[] = [
  {
    ...{ alert: 'GitHubActionsCostAboveUsual', what: 'three times as much', weeks: true, at: '10d' },
    series: spending(0.05, 0.15),
    firing: [
      {
        labels: {},
        value: '43',
        summary: 'The jobs of the last 24 hours cost 43 dollars, over 2 times the usual',
      },
    ],
  },
  {
    ...{ alert: 'GitHubActionsCostAboveUsual', what: 'nearly twice', weeks: true, at: '10d' },
    series: spending(0.05, 0.095),
  },
  {
    ...{ alert: 'GitHubActionsCostAboveUsual', what: 'three times as little', weeks: true, at: '10d' },
    series: spending(0.01, 0.03),
  },
  {
    ...{ alert: 'GitHubActionsCostAboveUsual', what: 'less than a week of history', weeks: true, at: '7d' },
    series: { [COST]: `0+0.05x${6 * DAY} 86.4+0.15x${DAY}` },
  },
  {
    ...{ alert: 'GitHubActionsWasted', what: '60 of 150 dollars', weeks: true, at: '10170m' },
    series: wasting(60, 150),
    firing: [
      { labels: { repository: 'o/r' }, value: '40%', summary: '40% of what o/r spent in a week was wasted' },
    ],
  },
  {
    ...{ alert: 'GitHubActionsWasted', what: '60 of 200', weeks: true, at: '10170m' },
    series: wasting(60, 200),
  },
  {
    ...{ alert: 'GitHubActionsWasted', what: '50 of 100, which is little', weeks: true, at: '10170m' },
    series: wasting(50, 100),
  },
  {
    ...{
      alert: 'AntWatcherBillingReportOld',
      what: 'over a day',
      series: { [REPORT]: '-86400x10' },
      at: '1m',
    },
    firing: [
      {
        labels: { owner: 'octo' },
        value: '1d 0h 1m 0s',
        summary: 'What GitHub billed octo was last read 1d 0h 1m 0s ago',
      },
    ],
  },
  { alert: 'AntWatcherBillingReportOld', what: 'a day', series: { [REPORT]: '-86400x10' }, at: '0m' },
];
