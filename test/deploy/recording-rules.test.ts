import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { peerPath } from '../peers.ts';
import { openTemporaryFolder } from '../temporary-folder.ts';
import { RECORDINGS } from './promtool-cases.ts';

const AT = 'job="ants",instance="a:9876"';
const OTHER = 'job="ants",instance="b:9876"';
const QUEUE = 'github_actions_job_queue_seconds_bucket';
const HOOK = 'ant_watcher_hook_deliveries_total{hook="app",event="workflow_job"';
const RUNS = 'github_actions_runs_total{repository="o/r",workflow="CI",team="web",event="push"';

/** What happens before the first scrape, and what in the third hour. The second replica shows the same. */
const SERIES: Readonly<Record<string, string>> = {
  [`ant_watcher_queue_deliveries{state="pending",${AT}}`]: '0x2000',
  [`${QUEUE}{repository="o/r",workflow="CI",runs_on="gpu",le="60",${AT}}`]: '100x1600 120x400',
  [`${QUEUE}{repository="o/r",workflow="CI",runs_on="gpu",le="60",${OTHER}}`]: '100x1600 120x400',
  [`${QUEUE}{repository="o/r",workflow="CI",runs_on="gpu",le="120",${AT}}`]: '100x1600 140x400',
  [`${QUEUE}{repository="o/r",workflow="CI",runs_on="gpu",le="+Inf",${AT}}`]: '100x1600 140x400',
  // A series that is born with its jobs.
  [`${QUEUE}{repository="o/new",workflow="CI",runs_on="gpu",le="60",${AT}}`]: '_x1600 5x400',
  [`${QUEUE}{repository="o/new",workflow="CI",runs_on="gpu",le="120",${AT}}`]: '_x1600 10x400',
  [`${QUEUE}{repository="o/new",workflow="CI",runs_on="gpu",le="+Inf",${AT}}`]: '_x1600 10x400',
  [`${RUNS},branch="default",conclusion="success",${AT}}`]: '50x1600 56x400',
  [`${RUNS},branch="default",conclusion="failure",${AT}}`]: '50x1600 52x400',
  [`${RUNS},branch="other",conclusion="failure",${AT}}`]: '50x1600 90x400',
  [`github_actions_cost_dollars_total{repository="o/r",workflow="CI",sku="linux",${AT}}`]: '100x1600 107x400',
  [`${HOOK},status="2xx",${AT}}`]: '100x1600 109x400',
  [`${HOOK},status="timeout",${AT}}`]: '_x1600 1x400',
};
const WORKFLOW = '{job="ants",repository="o/r",workflow="CI",team="web"}';
const POOL = '{job="ants",runs_on="gpu"}';

/** Everything that is recorded half an hour later. */
const EXPECTED: Readonly<Record<string, readonly (readonly [string, number])[]>> = {
  'runs_on_le:github_actions_job_queue_seconds_bucket:increase_1h': [
    ['{job="ants",runs_on="gpu",le="60"}', 25],
    ['{job="ants",runs_on="gpu",le="120"}', 50],
    ['{job="ants",runs_on="gpu",le="+Inf"}', 50],
  ],
  'runs_on:github_actions_job_queue_seconds:p50_1h': [[POOL, 60]],
  'runs_on:github_actions_job_queue_seconds:p95_1h': [[POOL, 114]],
  'runs_on:github_actions_job_queue_seconds_count:increase_1h': [[POOL, 50]],
  'repository_workflow:github_actions_runs:increase_6h': [[WORKFLOW, 8]],
  'repository_workflow:github_actions_runs_failed:increase_6h': [[WORKFLOW, 2]],
  'repository_workflow:github_actions_runs:failure_ratio_6h': [[WORKFLOW, 0.25]],
  'installation:github_actions_cost_dollars:increase_1d': [['{job="ants"}', 7]],
  'hook:ant_watcher_hook_deliveries:increase_1h': [['{job="ants",hook="app"}', 10]],
  'hook:ant_watcher_hook_deliveries_failed:increase_1h': [['{job="ants",hook="app"}', 1]],
};

test('what is recorded is exact: with two replicas, and with series that are born', () => {
  assert.deepEqual(
    Object.keys(EXPECTED),
    RECORDINGS.map(({ record }) => record),
  );
  using folder = openTemporaryFolder({});
  writeFileSync(join(folder.path, 'rules.yaml'), stringify({ groups: [{ name: 'all', rules: RECORDINGS }] }));
  const expressions = Object.entries(EXPECTED).map(([expr, samples]) => ({
    ...{ expr, eval_time: '1630m' },
    exp_samples: samples.map(([labels, value]) => ({ labels: `${expr}${labels}`, value })),
  }));
  const file = join(folder.path, 'test.yaml');
  writeFileSync(
    file,
    stringify({
      rule_files: ['rules.yaml'],
      evaluation_interval: '10m',
      tests: [
        {
          interval: '1m',
          input_series: Object.entries(SERIES).map(([series, values]) => ({ series, values })),
          promql_expr_test: expressions,
        },
      ],
    }),
  );
  const { status, stdout, stderr } = spawnSync(peerPath('promtool'), ['test', 'rules', file], {
    encoding: 'utf8',
  });
  assert.equal(status, 0, `${stdout}${stderr}`);
});
