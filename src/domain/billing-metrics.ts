import { type Metric, metric } from './metric.ts';

/** What GitHub billed. Only with `github.billing`. */
export const BILLING_METRICS = {
  billingGross: metric(
    'github_actions_billing_gross_dollars',
    'gauge',
    ['owner', 'product', 'sku', 'month'],
    'What GitHub billed at list price, by its own report. month: current (from the first day until now, in UTC; figures lag by about a day and still change) or previous. All products, not only Actions. Only with `github.billing`; absent without a report of the last three days.',
  ),
  billingDiscount: metric(
    'github_actions_billing_discount_dollars',
    'gauge',
    ['owner', 'product', 'sku', 'month'],
    'The part of `github_actions_billing_gross_dollars` that is not paid: included in the plan, free, or a discount.',
  ),
  billingNet: metric(
    'github_actions_billing_net_dollars',
    'gauge',
    ['owner', 'product', 'sku', 'month'],
    'The part of `github_actions_billing_gross_dollars` that is paid. Below zero for credits.',
  ),
  billingQuantity: metric(
    'github_actions_billing_quantity',
    'gauge',
    ['owner', 'product', 'sku', 'unit', 'month'],
    'How much was used of each product, billed or not. unit: minutes, gigabyte_hours and others, as GitHub names them.',
  ),
  billingReport: {
    ...metric(
      'github_actions_billing_report_timestamp_seconds',
      'gauge',
      ['owner'],
      'When the report of what GitHub billed was last read. Stored, so it goes on after a restart.',
    ),
    combine: 'max',
  },
} as const satisfies Record<string, Metric>;
