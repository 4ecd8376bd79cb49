import { DURATION_BUCKETS_MS } from '../domain/metric-kinds.ts';
import type { Proxies } from '../outbound/proxies.ts';
import { API_SETTINGS } from './api-settings.ts';
import { GITHUB_SETTINGS } from './github-settings.ts';
import { JOB_SETTINGS } from './job-settings.ts';
import * as kinds from './kinds.ts';
import * as metricKinds from './metric-kinds.ts';
import { PUSH_SETTINGS } from './push-settings.ts';
import { RECOVERY_SETTINGS } from './recovery-settings.ts';
import { type Setting, setting } from './setting.ts';
import { WEBHOOK_SETTINGS } from './webhook-settings.ts';

/**
 * Every setting, by group. To add one, add an entry: its key here is the name in the code, with the unit;
 * its first argument is the name that users write, without.
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
      'Where the state is kept: `sqlite:PATH`, or `memory:` for a trial (everything is lost at the end).',
    ),
    retentionMs: setting(
      'storage.retention',
      metricKinds.durationOrNever({ min: '1h', max: '3650d' }),
      '35d',
      'How long finished runs and jobs are kept after the last word of their run. Their numbers stay. Less than 35 days counts as 35: so long GitHub lets a run live, and for 30 days it can run it again.',
      'reload',
    ),
  },
  memory: {
    limitBytes: setting(
      'memory.limit',
      kinds.sizeOrZero({ min: '64MiB', max: '1023GiB' }),
      '0',
      'Memory that the process may take; 0: that of its container, else of the machine. Near it, deliveries are answered 503.',
    ),
    ttlMs: setting(
      'memory.ttl',
      kinds.duration({ min: '1s', max: '24d' }),
      '15m',
      'How long a run or job that nothing is heard of stays in memory; a tenth of that once it is over and its samples are sent. The store has all of them, unless it is `memory:`.',
      'reload',
    ),
  },
  collector: {
    batchSize: setting(
      'collector.batch_size',
      kinds.wholeNumber(1, 10_000, '64'),
      '64',
      'Deliveries from the queue that are processed in one transaction.',
    ),
    atOnce: setting(
      'collector.at_once',
      kinds.wholeNumber(0, 512, '256'),
      '256',
      'How many deliveries that come together may be processed in the transaction that accepts them; more are a burst, which is answered first and goes through the queue. With 0 all do, and so they do in the first hour after a process that did not end in order.',
    ),
    maxAttempts: setting(
      'collector.max_attempts',
      kinds.wholeNumber(1, 1000, '8'),
      '8',
      'A delivery whose processing failed this often is parked.',
    ),
  },
  metrics: {
    durationBucketsMs: setting(
      'metrics.duration_buckets',
      metricKinds.durations(),
      DURATION_BUCKETS_MS.map((ms) => `${ms / 1000}s`).join(','),
      'Upper bounds of the buckets of all `github_actions_…_seconds` histograms, ascending. What was counted under other bounds moves to the next larger one.',
      'reload',
    ),
    stepDurations: setting(
      'metrics.step_durations',
      metricKinds.flag(),
      'false',
      'Whether steps have durations of their own: a series for each name of a step.',
      'reload',
    ),
    labelPolicy: setting(
      'metrics.label_policy',
      metricKinds.labelPolicy(),
      '',
      'Labels to leave out or to keep, by metric: `jobs_total: -job_name; job_queue_seconds: repository, runs_on`. Series that then agree become one.',
      'reload',
    ),
    labelPatterns: setting(
      'metrics.label_patterns',
      metricKinds.labelPatterns(),
      '',
      'Names that your site makes for one run, by label: `runs_on=vm-*; job_name=Preview *, Deploy **`. A value that fits becomes the pattern, so that one series is left; `*` is anything but `/`, `**` anything. Ids of runs, UUIDs, commits and times are known without.',
      'reload',
    ),
    branchGroups: setting(
      'metrics.branch_groups',
      metricKinds.branchGroups(),
      '',
      'Groups of branches for the label `branch`, by patterns: `release=release/*,v*; hotfix=hotfix/**`.',
      'reload',
    ),
    maxSeries: setting(
      'metrics.max_series',
      kinds.wholeNumber(1, 10_000_000, '20000'),
      '20000',
      'Series that one metric may have. What is over it is counted in one series whose label values are `__other__`.',
      'reload',
    ),
    idleExpiryMs: setting(
      'metrics.idle_expiry',
      metricKinds.durationOrNever(),
      'never',
      'Series that nothing was added to for so long are forgotten; a restart starts the time again. The gauges of a workflow leave when no run of it was heard of for so long (100 days, where this is `never`).',
      'reload',
    ),
    createdTimestamps: setting(
      'metrics.created_timestamps',
      metricKinds.flag(),
      'false',
      'Whether OpenMetrics has a `_created` line for each counter and histogram: when its series began. Where that is not understood, it is one more series each.',
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
      'What larger and self-hosted runners cost, by label or runner group: `gpu-4=linux_4_core_gpu, group:Large=linux_16_core, self-hosted=self_hosted:0.002`. Standard runners are known.',
      'reload',
    ),
  },
  shutdown: {
    graceMs: setting(
      'shutdown.grace',
      kinds.duration(),
      '20s',
      'Time to finish the work in hand after SIGTERM or SIGINT. Keep it below the time after which your supervisor kills.',
    ),
  },
  log: {
    level: setting(
      'log.level',
      kinds.oneOf(['debug', 'info', 'warn', 'error']),
      'info',
      'The least level that is logged.',
      'reload',
    ),
    format: setting(
      'log.format',
      kinds.oneOf(['json', 'text']),
      'json',
      '`json`: one object a line. `text`: lines for people, where an error is a sentence and a hint. At a terminal, where nobody has set it, it is `text`.',
    ),
  },
} as const satisfies Record<string, Record<string, Setting<unknown>>>;

type ValueOf<S> = S extends Setting<infer T> ? T : never;

/** The values of all settings, frozen, and the proxies of the environment. Units are in the names. */
export type Settings = {
  readonly [Group in keyof typeof SETTINGS]: {
    readonly [Key in keyof (typeof SETTINGS)[Group]]: ValueOf<(typeof SETTINGS)[Group][Key]>;
  };
} & { readonly proxies: Proxies };

/** Every setting in the order of the documentation. */
export function listSettings(): Setting<unknown>[] {
  return Object.values(SETTINGS).flatMap((group): Setting<unknown>[] => Object.values(group));
}
