import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { ALL_OLD_NAMES } from '../../deploy/prometheus/compat/all.ts';
import { METRICS } from '../../src/domain/catalogue.ts';
import { DURATION_BUCKETS_MS } from '../../src/domain/metric.ts';
import { longTest } from '../long-form.ts';
import { type Peer, peerPath } from '../peers.ts';
import { openTemporaryFolder } from '../temporary-folder.ts';
import { EXPECTED, SERIES } from './old-names-cases.ts';
import { rulesOf } from './promtool-cases.ts';

const FOLDER = join(import.meta.dirname, '../../deploy/prometheus');
const NAMES = ALL_OLD_NAMES.map(({ name }) => name);
const FILES = NAMES.map((name) => join(FOLDER, fileOf(name)));

function fileOf(name: string): string {
  return `compat-${name}.rules.yaml`;
}

function run(program: Peer, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(peerPath(program), args, { encoding: 'utf8' });
  assert.equal(status, 0, `${stdout}${stderr}`);
  return stdout;
}

test('Prometheus finds no fault in the rules for names of other exporters', () => {
  const said = run('promtool', 'check', 'rules', '--lint=all', '--lint-fatal', ...FILES);
  for (const { rules } of ALL_OLD_NAMES)
    assert.match(said, new RegExp(`SUCCESS: ${rules.length} rules found`));
});

longTest('vmalert reads the rules for names of other exporters', () => {
  run('vmalert', '-dryRun', ...FILES.map((file) => `-rule=${file}`));
});

test('no series is recorded by the rules for two exporters, so any of them can be loaded together', () => {
  const recorded = NAMES.flatMap((name) => [
    ...new Set(rulesOf(fileOf(name)).map(({ record = '' }) => record)),
  ]);
  assert.deepEqual([...new Set(recorded)], recorded);
});

test('a board that asks for a bound of live-actions, or for one of the usual ones of ARC, finds it', () => {
  const liveActions = [1, 5, 10, 30, 60, 120, 300, 600, 1200, 1800, 3600];
  const bounds = new Set([...liveActions, 2, 20].map((seconds) => seconds * 1000));
  assert.deepEqual([...bounds.difference(new Set(DURATION_BUCKETS_MS))], []);
});

test('Prometheus accepts every query of docs/migrate.md, and the new ones ask only for metrics that exist', () => {
  const document = readFileSync(join(FOLDER, '../../docs/migrate.md'), 'utf8');
  const rows = Array.from(document.matchAll(/^\| `([^`]+)` \| `([^`]+)` \|$/gm), ([, ...pair]) => pair);
  assert.ok(rows.length >= 10);
  using folder = openTemporaryFolder({
    'rules.yaml': stringify({ groups: [{ name: 'all', rules: rows.flat().map(alertOf) }] }),
  });
  run('promtool', 'check', 'rules', join(folder.path, 'rules.yaml'));
  const named = rows.flatMap(([, ours = '']) => ours.match(/\b(?:github_actions|ant_watcher)_\w+/g) ?? []);
  assert.ok(named.length >= rows.length);
  const known = METRICS.map(({ name }) => name);
  assert.deepEqual(
    named.filter((name) => !known.includes(name.replace(/_(?:bucket|sum|count)$/, ''))),
    [],
  );
});

function alertOf(expr: string, at: number): object {
  return { alert: `A${at}`, expr };
}

for (const name of NAMES) {
  test(`what the rules for ${name} record has the old names and labels, and exact values, with two replicas`, () => {
    const expected = EXPECTED[name] ?? assert.fail('nothing to compare with');
    assert.deepEqual(Object.keys(expected), [
      ...new Set(rulesOf(fileOf(name)).map(({ record = '' }) => record)),
    ]);
    const expressions = Object.entries(expected).map(([expr, samples]) => ({
      expr,
      eval_time: '10m',
      exp_samples: samples.map(([labels, value]) => ({ labels: `${expr}{job="ants",${labels}}`, value })),
    }));
    const series = Object.entries(SERIES).flatMap(([each, [value, ofOther = value]]) => [
      { series: `${each.slice(0, -1)},job="ants",instance="a:1"}`, values: `${value}x20` },
      { series: `${each.slice(0, -1)},job="ants",instance="b:1"}`, values: `${ofOther}x20` },
    ]);
    const tests = [{ interval: '1m', input_series: series, promql_expr_test: expressions }];
    using folder = openTemporaryFolder({
      'test.yaml': stringify({ rule_files: [join(FOLDER, fileOf(name))], evaluation_interval: '1m', tests }),
    });
    run('promtool', 'test', 'rules', join(folder.path, 'test.yaml'));
  });
}

test('while no job is queued or running, the gauge of live-actions is 0, as its own is, and not missing', () => {
  const labels = 'job="ants",instance="a:1"';
  const zero = (status: string) => ({
    labels: `github_runners_jobs{job="ants",job_status="${status}"}`,
    value: 0,
  });
  const tests = [
    {
      interval: '1m',
      input_series: [{ series: `ant_watcher_queue_deliveries{state="pending",${labels}}`, values: '3x20' }],
      promql_expr_test: [
        {
          expr: 'github_runners_jobs',
          eval_time: '10m',
          exp_samples: [zero('in_progress'), zero('queued')],
        },
      ],
    },
  ];
  using folder = openTemporaryFolder({
    'test.yaml': stringify({
      rule_files: [join(FOLDER, fileOf('live-actions'))],
      evaluation_interval: '1m',
      tests,
    }),
  });
  run('promtool', 'test', 'rules', join(folder.path, 'test.yaml'));
});
