import { COMPAT_NAMES } from '../compat/names.ts';
import { parseBranchGroups } from '../domain/branch-class.ts';
import { parseBranchPattern } from '../domain/branch-pattern.ts';
import { parseLabelPatterns } from '../domain/label-patterns.ts';
import { parseLabelPolicy } from '../domain/label-policy.ts';
import { DURATION_BUCKETS_MS } from '../domain/metric.ts';
import { parsePriceRules } from '../domain/price/price-rules.ts';
import { parseRepositoryLabels } from '../domain/repository-label-names.ts';
import * as kinds from './kinds.ts';
import { setting } from './setting.ts';

/** What is wrong with the text, or its meaning under a key. */
type Parsed<K extends string, T> = { readonly [key in K]: T } | { readonly problem: string };

/**
 * What is written in a small language that a part of `domain/` reads. In a configuration file, a list may
 * have one entry per item, or be a map. In a text, `joint` separates the items, and `entry` key and value.
 */
function spelled<const K extends string, T>(
  form: Pick<kinds.Kind<T>, 'expects' | 'example' | 'entry'> & { readonly joint: string },
  key: K,
  parse: (text: string) => Parsed<K, T>,
): kinds.Kind<T> {
  return {
    ...form,
    items: (texts) => kinds.itemsIn(texts, form.joint.trim()),
    read(texts) {
      const parsed = parse(texts.join(form.joint));
      return 'problem' in parsed ? undefined : parsed[key];
    },
    advise(text) {
      const parsed = parse(text);
      return 'problem' in parsed ? parsed.problem : undefined;
    },
  };
}

const LABEL_POLICY = spelled(
  {
    expects: 'labels to leave out or to keep, by metric',
    example: 'jobs_total: -job_name',
    joint: '; ',
    entry: ': ',
  },
  'policy',
  parseLabelPolicy,
);
const LABEL_PATTERNS = spelled(
  {
    expects: 'patterns by label',
    example: 'runs_on=vm-*; job_name=Preview *, Deploy **',
    joint: '; ',
    entry: '=',
  },
  'patterns',
  parseLabelPatterns,
);
const REPOSITORY_LABELS = spelled(
  {
    expects: 'up to 5 labels with the custom property of each',
    example: 'team=team, tier=service_tier',
    joint: ', ',
    entry: '=',
  },
  'labels',
  parseRepositoryLabels,
);
const BRANCH_GROUPS = spelled(
  {
    expects: 'groups of branches',
    example: 'release=release/*,v*; hotfix=hotfix/**',
    joint: '; ',
    entry: '=',
  },
  'groups',
  parseBranchGroups,
);
const PRICE_RULES = spelled(
  {
    expects: 'prices by label or runner group',
    example: 'gpu-4=linux_4_core_gpu, self-hosted=self_hosted:0.002',
    joint: ', ',
    entry: '=',
  },
  'rules',
  parsePriceRules,
);

/** Durations in milliseconds, ascending. */
export function durations(): kinds.Kind<readonly number[]> {
  return {
    expects: 'durations in ascending order, separated by commas',
    example: '1s,10s,1m,10m,1h',
    items: durationTexts,
    read(texts) {
      const values = durationTexts(texts).map((text) => kinds.parseDurationMs(text) ?? Number.NaN);
      const areAscending = values.every((value, index) => value > (values[index - 1] ?? 0));
      return areAscending && values.length > 0 ? values : undefined;
    },
    advise(text) {
      const items = durationTexts([text]);
      const at = items.findIndex((item, index) => !isLonger(item, items[index - 1]));
      return at > 0 ? `${items[at]} comes after ${items[at - 1]} but is not longer` : undefined;
    },
  };
}

/** As they are between commas; an empty one is invalid. */
function durationTexts(texts: readonly string[]): string[] {
  return texts.flatMap((text) => text.split(',')).map((text) => text.trim());
}

function isLonger(text: string, before = '0s'): boolean {
  return (kinds.parseDurationMs(text) ?? Number.NaN) > (kinds.parseDurationMs(before) ?? Number.NaN);
}

/** What is counted, and under which labels. */
export const METRIC_SETTINGS = {
  durationBucketsMs: setting(
    'metrics.duration_buckets',
    durations(),
    DURATION_BUCKETS_MS.map((ms) => `${ms / 1000}s`).join(','),
    'Upper bounds of the buckets of all `github_actions_…_seconds` histograms, in ascending order. After a change, stored counts move to the next larger bound.',
  ),
  stepDurations: setting(
    'metrics.step_durations',
    kinds.flag(),
    'false',
    'Whether to record the duration of each step. This adds a histogram per step name.',
  ),
  failedSteps: setting(
    'metrics.failed_steps',
    kinds.flag(),
    'false',
    'Whether to count failed jobs by their first failed step. This adds a series for each step that has failed.',
  ),
  labelPolicy: setting(
    'metrics.label_policy',
    LABEL_POLICY,
    '',
    'Labels to drop or keep, by metric: `jobs_total: -job_name; job_queue_seconds: repository, runs_on`. `*` is every metric that is not named. Series that become equal are merged.',
  ),
  labelPatterns: setting(
    'metrics.label_patterns',
    LABEL_PATTERNS,
    '',
    'Patterns for names that are unique to a run, by label: `runs_on=vm-*; job_name=Preview *, Deploy **`. A matching value is replaced by the pattern, so one series remains. `*` matches anything except `/`, `**` matches anything. Run ids, UUIDs, commits and times are recognized without a pattern.',
  ),
  repositoryLabels: setting(
    'metrics.repository_labels',
    REPOSITORY_LABELS,
    '',
    'Labels by custom properties of the repository, on everything that has the label `repository`: `team=team, tier=service_tier`. At most 5. What a repository lacks is `none`. A change applies to new series.',
  ),
  repositoryLabelsFile: setting(
    'metrics.repository_labels_file',
    { ...kinds.filePath(), example: 'config/repository-labels.yaml' },
    '',
    'A YAML or JSON file with values of such labels by patterns of repositories. It comes before the custom properties, and may have labels of its own. It is read again at each reload.',
  ),
  branchGroups: setting(
    'metrics.branch_groups',
    BRANCH_GROUPS,
    '',
    'Values of the label `branch`, by patterns of branch names: `release=release/*,v*; hotfix=hotfix/**`.',
  ),
  branchBases: setting(
    'metrics.branch_bases',
    kinds.flag(),
    'false',
    'Whether the label `branch` tells the branch that a pull request or a merge queue merges into: `pull_request:default`, `pull_request:release`, `merge_queue:default`. Where GitHub does not name it, as for forks, it stays `pull_request`.',
  ),
  maxSeries: setting(
    'metrics.max_series',
    kinds.wholeNumber(1, 10_000_000, '20000'),
    '20000',
    'Maximum number of series per metric. Beyond it, everything is counted in one series whose label values are `__other__`.',
  ),
  idleExpiryMs: setting(
    'metrics.idle_expiry',
    kinds.durationOrNever(),
    'never',
    'Drop series that have not changed for this long. A restart begins the period again. The gauges of a workflow are dropped after the same time without a run (100 days if this is `never`).',
  ),
  runnerLabels: setting(
    'metrics.runner_labels',
    kinds.flag(),
    'false',
    'Whether to count self-hosted runners by label too, in `github_actions_runners_by_label`. A runner is counted in each of its labels.',
  ),
  exemplars: setting(
    'metrics.exemplars',
    kinds.flag(),
    'true',
    'Whether OpenMetrics output names, in each bucket of durations and queue times, the latest run or job that it has counted, for an hour: its `run_id`, `job_id` and `trace_id`. Prometheus keeps them with the feature `exemplar-storage`.',
  ),
  compat: setting(
    'metrics.compat',
    kinds.someOf(COMPAT_NAMES),
    '',
    'Other exporters whose names to count under as well, at `/metrics/compat/NAME`: docs/migrate.md. They begin at 0 when they are switched on.',
  ),
  compatBranches: setting(
    'metrics.compat_branches',
    kinds.listOf({
      expects: 'patterns of branch names, separated by commas',
      example: 'main, release/*',
      readItem: parseBranchPattern,
    }),
    '',
    'Branches that `metrics.compat` shows by their own names, where other exporters do: `main, release/*`. All others are `other`. Without any, branches are classes (`default`, `merge_queue`, those of `metrics.branch_groups`, `other`), and of runs also `pull_request`.',
  ),
  compatFullJobNames: setting(
    'metrics.compat_full_job_names',
    kinds.flag(),
    'false',
    'Whether `metrics.compat` keeps the matrix in names of jobs, as other exporters do: one more set of series for each leg.',
  ),
  createdTimestamps: setting(
    'metrics.created_timestamps',
    kinds.flag(),
    'false',
    'Whether OpenMetrics output has a `_created` line for each counter and histogram. A scraper that does not understand these stores one more series for each.',
  ),
};

/** What runners cost. */
export const PRICE_SETTINGS = {
  rules: setting(
    'prices.rules',
    PRICE_RULES,
    '',
    'Prices of larger and self-hosted runners, by label or runner group: `gpu-4=linux_4_core_gpu, group:Large=linux_16_core, self-hosted=self_hosted:0.002`. The prices of standard runners are built in.',
  ),
};
