import { DOMAIN } from '../../src/domain/catalogue.ts';
import { SELF } from '../../src/domain/own-metrics.ts';
import { grownSum, installationAnd, select, sumBy, sumWithout } from './promql.ts';
import type { RecordingRule } from './rule.ts';

const FAILED = ['failure', 'timed_out', 'startup_failure'];
const EVENTUALLY = ['success', ...FAILED];
/** A bucket's bounds are added by the exposition. */
const QUEUE_BUCKETS = select(DOMAIN.jobQueue, {}, 'bucket');

/** Names of what is recorded, for alerts and boards. */
export const RECORDED = {
  queueBuckets: 'runs_on_le:github_actions_job_queue_seconds_bucket:increase_1h',
  queueP50: 'runs_on:github_actions_job_queue_seconds:p50_1h',
  queueP95: 'runs_on:github_actions_job_queue_seconds:p95_1h',
  queueCount: 'runs_on:github_actions_job_queue_seconds_count:increase_1h',
  runs: 'repository_workflow:github_actions_runs:increase_6h',
  failedRuns: 'repository_workflow:github_actions_runs_failed:increase_6h',
  failureRatio: 'repository_workflow:github_actions_runs:failure_ratio_6h',
  cost: 'installation:github_actions_cost_dollars:increase_1d',
  hookDeliveries: 'hook:ant_watcher_hook_deliveries:increase_1h',
  hookFailures: 'hook:ant_watcher_hook_deliveries_failed:increase_1h',
} as const;

/** In the order of evaluation: a rule may read those above it. */
export const RECORDING_RULES: readonly RecordingRule[] = [
  {
    record: RECORDED.queueBuckets,
    about:
      'Jobs that started on a runner in the last hour, by the labels that they asked for and by queue time.',
    expr: grownSum(QUEUE_BUCKETS, '1h', sumBy('runs_on', 'le')),
  },
  {
    record: RECORDED.queueP50,
    about: 'The median of their queue time.',
    expr: quantile(0.5),
  },
  {
    record: RECORDED.queueP95,
    about: 'The 95th percentile of their queue time.',
    expr: quantile(0.95),
  },
  {
    record: RECORDED.queueCount,
    about: 'How many they are.',
    expr: `sum by (${installationAnd('runs_on')}) (${RECORDED.queueBuckets}{le="+Inf"})`,
  },
  {
    record: RECORDED.runs,
    about: 'Runs on the default branch that succeeded or failed in the last six hours.',
    expr: runsOf(EVENTUALLY),
  },
  {
    record: RECORDED.failedRuns,
    about: 'Those that failed.',
    expr: runsOf(FAILED),
  },
  {
    record: RECORDED.failureRatio,
    about: 'Their share, where there were any runs.',
    expr: `${RECORDED.failedRuns} / (${RECORDED.runs} > 0)`,
  },
  {
    record: RECORDED.cost,
    about: 'Estimated cost of the jobs that ended in the last 24 hours, in US dollars.',
    expr: grownSum(select(DOMAIN.cost), '1d', sumBy()),
  },
  {
    record: RECORDED.hookDeliveries,
    about: "GitHub's attempts to deliver in the last hour, by its own log.",
    expr: grownSum(select(SELF.hookDeliveries), '1h', sumWithout('event', 'status')),
  },
  {
    record: RECORDED.hookFailures,
    about: 'Those that failed.',
    expr: grownSum(
      select(SELF.hookDeliveries, { status: { not: '2xx' } }),
      '1h',
      sumWithout('event', 'status'),
    ),
  },
];

function quantile(share: number): string {
  return `histogram_quantile(${share}, ${RECORDED.queueBuckets})`;
}

function runsOf(conclusions: readonly string[]): string {
  const runs = select(DOMAIN.runs, { branch: 'default', conclusion: conclusions });
  return grownSum(runs, '6h', sumWithout('event', 'branch', 'conclusion'));
}
