import { DURATION_BUCKETS_MS } from '../domain/metric-kinds.ts';
import type { Proxies } from '../outbound/proxies.ts';
import { API_SETTINGS } from './api-settings.ts';
import { GITHUB_SETTINGS } from './github-settings.ts';
import { JOB_SETTINGS } from './job-settings.ts';
import * as kinds from './kinds.ts';
import * as metricKinds from './metric-kinds.ts';
import { PUSH_SETTINGS } from './push-settings.ts';
import { RECOVERY_SETTINGS } from './recovery-settings.ts';
import { type Setting, setting, type ValuesOf } from './setting.ts';
import { WEBHOOK_SETTINGS } from './webhook-settings.ts';

/**
 * Every setting, by group. To add one, add an entry. Its key is the name in the code, including the unit; its
 * first argument is the name for users, without unit.
 */
export const SETTINGS = {
  webhook: WEBHOOK_SETTINGS,
  api: API_SETTINGS,
  jobs: JOB_SETTINGS,
  storage: {
    url: setting(
      'storage.url',
      kinds.storageUrl(),
      'sqlite:data/ant-watcher.db',
      'Where the state is stored: `sqlite:PATH`, or `memory:` for trials (everything is lost when the process ends).',
    ),
    retentionMs: setting(
      'storage.retention',
      metricKinds.durationOrNever({ min: '1h', max: '3650d' }),
      '35d',
      'How long finished runs and jobs are kept after the last event of their run. Metrics keep their counts. The minimum in effect is 35 days: GitHub lets a run live that long, and allows re-runs for 30 days.',
      'reload',
    ),
  },
  memory: {
    limitBytes: setting(
      'memory.limit',
      kinds.sizeOrZero({ min: '64MiB', max: '1023GiB' }),
      '0',
      'Memory that the process may use. 0: the limit of its container, or the memory of the machine. Close to the limit, deliveries are answered with 503.',
    ),
    ttlMs: setting(
      'memory.ttl',
      kinds.duration({ min: '1s', max: '24d' }),
      '15m',
      'How long a run or job without new events stays in the memory cache; a tenth of that once it has completed and its samples are pushed. It stays in the database, except with `storage.url=memory:`.',
      'reload',
    ),
  },
  collector: {
    batchSize: setting(
      'collector.batch_size',
      kinds.wholeNumber(1, 10_000, '64'),
      '64',
      'Queued deliveries to process in one transaction.',
    ),
    atOnce: setting(
      'collector.at_once',
      kinds.wholeNumber(0, 512, '256'),
      '256',
      'How many deliveries that arrive together are processed in the transaction that accepts them. A larger burst is answered first and processed through the queue. With 0, everything goes through the queue, as it does in the first hour after an unclean shutdown.',
    ),
    maxAttempts: setting(
      'collector.max_attempts',
      kinds.wholeNumber(1, 1000, '8'),
      '8',
      'A delivery is parked after this many failed attempts to process it.',
    ),
  },
  metrics: {
    durationBucketsMs: setting(
      'metrics.duration_buckets',
      metricKinds.durations(),
      DURATION_BUCKETS_MS.map((ms) => `${ms / 1000}s`).join(','),
      'Upper bounds of the buckets of all `github_actions_…_seconds` histograms, in ascending order. After a change, stored counts move to the next larger bound.',
      'reload',
    ),
    stepDurations: setting(
      'metrics.step_durations',
      metricKinds.flag(),
      'false',
      'Whether to record the duration of each step. This adds a histogram per step name.',
      'reload',
    ),
    labelPolicy: setting(
      'metrics.label_policy',
      metricKinds.labelPolicy(),
      '',
      'Labels to drop or keep, by metric: `jobs_total: -job_name; job_queue_seconds: repository, runs_on`. Series that become equal are merged.',
      'reload',
    ),
    labelPatterns: setting(
      'metrics.label_patterns',
      metricKinds.labelPatterns(),
      '',
      'Patterns for names that are unique to a run, by label: `runs_on=vm-*; job_name=Preview *, Deploy **`. A matching value is replaced by the pattern, so one series remains. `*` matches anything except `/`, `**` matches anything. Run ids, UUIDs, commits and times are recognized without a pattern.',
      'reload',
    ),
    branchGroups: setting(
      'metrics.branch_groups',
      metricKinds.branchGroups(),
      '',
      'Values of the label `branch`, by patterns of branch names: `release=release/*,v*; hotfix=hotfix/**`.',
      'reload',
    ),
    maxSeries: setting(
      'metrics.max_series',
      kinds.wholeNumber(1, 10_000_000, '20000'),
      '20000',
      'Maximum number of series per metric. Beyond it, everything is counted in one series whose label values are `__other__`.',
      'reload',
    ),
    idleExpiryMs: setting(
      'metrics.idle_expiry',
      metricKinds.durationOrNever(),
      'never',
      'Drop series that have not changed for this long. A restart begins the period again. The gauges of a workflow are dropped after the same time without a run (100 days if this is `never`).',
      'reload',
    ),
    createdTimestamps: setting(
      'metrics.created_timestamps',
      metricKinds.flag(),
      'false',
      'Whether OpenMetrics output has a `_created` line for each counter and histogram. A scraper that does not understand these stores one more series for each.',
      'reload',
    ),
  },
  push: PUSH_SETTINGS,
  github: GITHUB_SETTINGS,
  recovery: RECOVERY_SETTINGS,
  prices: {
    rules: setting(
      'prices.rules',
      metricKinds.priceRules(),
      '',
      'Prices of larger and self-hosted runners, by label or runner group: `gpu-4=linux_4_core_gpu, group:Large=linux_16_core, self-hosted=self_hosted:0.002`. The prices of standard runners are built in.',
      'reload',
    ),
  },
  shutdown: {
    graceMs: setting(
      'shutdown.grace',
      kinds.duration(),
      '20s',
      'Time to finish current work after SIGTERM or SIGINT. Keep it below the time after which your supervisor sends SIGKILL.',
    ),
  },
  log: {
    level: setting(
      'log.level',
      kinds.oneOf(['debug', 'info', 'warn', 'error']),
      'info',
      'The lowest level to log.',
      'reload',
    ),
    format: setting(
      'log.format',
      kinds.oneOf(['json', 'text']),
      'json',
      '`json`: one object per line. `text`: lines for people, where an error is a sentence and a hint. At a terminal the default is `text`.',
    ),
  },
} as const satisfies Record<string, Record<string, Setting<unknown>>>;

/** The values of all settings, frozen, and the proxies of the environment. Names include units. */
export type Settings = {
  readonly [Group in keyof typeof SETTINGS]: ValuesOf<(typeof SETTINGS)[Group]>;
} & { readonly proxies: Proxies };

/** Every setting in the order of the documentation. */
export function listSettings(): Setting<unknown>[] {
  return Object.values(SETTINGS).flatMap((group): Setting<unknown>[] => Object.values(group));
}
