import { type Metric, metric } from './metric.ts';

/** What jobs cost, by GitHub's price list or an operator's rules, and what of it was for nothing. */
export const COSTS = {
  billedSeconds: metric(
    'github_actions_billed_seconds_total',
    'counter',
    ['repository', 'workflow', 'sku'],
    'Estimated billable time of completed jobs, each job rounded up to a whole minute.',
  ),
  cost: {
    ...metric(
      'github_actions_cost_dollars_total',
      'counter',
      ['repository', 'workflow', 'sku'],
      'Estimated list price of the billed time in US dollars, before included minutes and discounts.',
    ),
    scale: 1_000_000,
  },
  unpriced: metric(
    'github_actions_unpriced_seconds_total',
    'counter',
    ['repository', 'workflow', 'runs_on'],
    'Time of completed jobs on runners whose price is unknown, each job rounded up to a whole minute. It is not part of the cost. Set prices with `prices.rules`.',
  ),
  wastedSeconds: {
    ...metric(
      'github_actions_wasted_seconds_total',
      'counter',
      ['repository', 'workflow', 'reason'],
      'Time on runners of jobs that failed and ran again in a later attempt of their run (repeated), or were cancelled. Each second is in one of them at most.',
    ),
    scale: 1000,
  },
  wastedDollars: {
    ...metric(
      'github_actions_wasted_dollars_total',
      'counter',
      ['repository', 'workflow', 'reason'],
      'The part of `github_actions_cost_dollars_total` that was spent on jobs whose time is in `github_actions_wasted_seconds_total`.',
    ),
    scale: 1_000_000,
  },
} as const satisfies Record<string, Metric>;
