import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { RUNBOOKS } from '../../deploy/prometheus/rule-files.ts';
import { METRICS } from '../../src/domain/catalogue.ts';
import { longTest } from '../long-form.ts';
import { type Peer, peerPath } from '../peers.ts';
import { ALERTS, RECORDINGS } from './promtool-cases.ts';

const ROOT = join(import.meta.dirname, '../..');
const FILES = ['recording', 'alerts'].map((kind) =>
  join(ROOT, `deploy/prometheus/ant-watcher-${kind}.rules.yaml`),
);
/** What a scrape adds, and what operators add to repositories. */
const ADDED = ['job', 'instance', 'le'];

function run(program: Peer, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(peerPath(program), args, { encoding: 'utf8' });
  assert.equal(status, 0, `${stdout}${stderr}`);
  return `${stdout}${stderr}`;
}

test('Prometheus finds no fault in the rules', () => {
  const said = run('promtool', 'check', 'rules', '--lint=all', '--lint-fatal', ...FILES);
  assert.match(said, new RegExp(`SUCCESS: ${RECORDINGS.length} rules found`));
  assert.match(said, new RegExp(`SUCCESS: ${ALERTS.length} rules found`));
});

longTest('vmalert reads the same rules', () => {
  run('vmalert', '-dryRun', ...FILES.map((file) => `-rule=${file}`));
});

test('the rules name only metrics that exist, and what they record themselves', () => {
  const samples = new Set([
    ...METRICS.map(({ name }) => name),
    ...METRICS.flatMap(({ name }) => ['_bucket', '_sum', '_count'].map((part) => `${name}${part}`)),
    ...RECORDINGS.map(({ record = '' }) => record),
  ]);
  const named = [...ALERTS, ...RECORDINGS].flatMap(
    ({ expr }) => expr.match(/\b[a-z_:]*(?:github_actions|ant_watcher|process)_\w+(?::\w+)?/g) ?? [],
  );
  assert.ok(named.length > 100);
  assert.deepEqual(
    named.filter((name) => !samples.has(name)),
    [],
  );
});

test('texts of alerts use only labels that metrics have', () => {
  const known = new Set([...METRICS.flatMap(({ labels }) => labels), ...ADDED]);
  const used = ALERTS.flatMap(({ annotations = {} }) =>
    Array.from(
      Object.values(annotations)
        .join(' ')
        .matchAll(/\$labels\.(\w+)/g),
      ([, label = '']) => label,
    ),
  );
  assert.deepEqual(
    used.filter((label) => !known.has(label)),
    [],
  );
});

test('each alert leads to its entry in docs/alerts.md and to a view of the page', () => {
  const headings = readFileSync(join(ROOT, 'docs/alerts.md'), 'utf8').match(/^### .*$/gm) ?? [];
  const anchors = headings.map((heading) => heading.slice('### '.length).toLowerCase());
  const registry = readFileSync(join(ROOT, 'dashboard/views/registry.ts'), 'utf8');
  const views = Array.from(registry.matchAll(/\bpath: '([^']+)'/g), ([, path]) => path);
  for (const { alert = '', annotations = {} } of ALERTS) {
    const [page, anchor = ''] = (annotations['runbook_url'] ?? '').split('#');
    assert.equal(page, RUNBOOKS);
    assert.equal(anchor, alert.toLowerCase());
    assert.ok(anchors.includes(anchor), alert);
    assert.ok(views.includes((annotations['page'] ?? '').split('?')[0] ?? ''), alert);
  }
  assert.equal(anchors.length, ALERTS.length);
});

test('each alert leads to a board that exists, with its variables, and to this repository', () => {
  const { homepage } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { homepage: string };
  assert.ok(RUNBOOKS.startsWith(homepage.replace('#readme', '/')), RUNBOOKS);
  for (const { alert = '', annotations = {} } of ALERTS) {
    const [path = '', query = ''] = (annotations['dashboard'] ?? '').split('?');
    const uid = path.replace('/d/', '');
    const file = join(ROOT, `deploy/grafana/dashboards/${uid}.json`);
    const board = JSON.parse(readFileSync(file, 'utf8')) as {
      uid: string;
      templating: { list: { name: string }[] };
    };
    assert.equal(board.uid, uid, alert);
    const variables = board.templating.list.map(({ name }) => `var-${name}`);
    const used = Array.from(query.matchAll(/(var-\w+)=/g), ([, name = '']) => name);
    assert.deepEqual(
      used.filter((name) => !variables.includes(name)),
      [],
      alert,
    );
  }
});
