import assert from 'node:assert/strict';
import { globSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { environmentNameOf } from '../../src/config/setting.ts';
import { listSettings } from '../../src/config/settings.ts';
import { CHART, EXAMPLES, faultsOf, REFUSED, ROOT, readChart } from './chart-values.ts';

/** Of `kubectl apply`, which keeps a copy in an annotation. A ConfigMap may have four times that. */
const LARGEST_BOARD_BYTES = 250_000;

test('the schema accepts the values of the chart, and every example', () => {
  assert.deepEqual(faultsOf({}), []);
  assert.ok(EXAMPLES.size >= 10);
  for (const [name, { values }] of EXAMPLES) assert.deepEqual(faultsOf(values), [], name);
});

for (const [what, { values, at }] of Object.entries(REFUSED)) {
  test(`the schema refuses ${what}`, () => {
    const faults = faultsOf(values);
    assert.ok(
      faults.some((path) => path === at || path.startsWith(`${at}/`)),
      JSON.stringify(faults),
    );
  });
}

test('several replicas on PostgreSQL are accepted, and a chart that has this one as a part may have values of its own', () => {
  assert.deepEqual(faultsOf({ replicas: 2, config: { storage: { url: 'postgresql://u@h/d' } } }), []);
  assert.deepEqual(faultsOf({ enabled: true, global: { region: 'eu' } }), []);
});

test('the schema accepts the values in the guide', () => {
  const guide = readFileSync(join(ROOT, 'docs/install-kubernetes.md'), 'utf8');
  const blocks = Array.from(guide.matchAll(/^ *```yaml\n([\s\S]*?)^ *```$/gm), ([, yaml = '']) =>
    parse(yaml),
  );
  assert.ok(blocks.length >= 4);
  for (const values of blocks) assert.deepEqual(faultsOf(values), [], JSON.stringify(values));
});

test('each secret of a setting can be given, by the name of the setting', () => {
  const { properties } = JSON.parse(readChart('values.schema.json')).properties.secrets;
  const named = Object.entries(properties as Record<string, { properties: object }>).flatMap(
    ([group, each]) => Object.keys(each.properties).map((key) => `${group}.${key}`),
  );
  const secrets = listSettings().filter(({ secret, fields }) => secret && fields === undefined);
  assert.deepEqual(named.sort(), secrets.map(({ name }) => name).sort());
});

test('every variable that the chart names is that of a setting', () => {
  const known = listSettings().flatMap(({ name }) => {
    const variable = environmentNameOf(name);
    return [variable, `${variable}_FILE`];
  });
  for (const path of globSync('deploy/helm/**/*.{yaml,tpl,txt,md}', { cwd: ROOT })) {
    const named = readFileSync(join(ROOT, path), 'utf8').match(/ANT_WATCHER_[A-Z_]*[A-Z]/g) ?? [];
    assert.deepEqual(
      named.filter((each) => !known.includes(each)),
      [],
      path,
    );
  }
});

test('every value is explained in the README', () => {
  const rows = readChart('README.md').match(/^\| `.*$/gm) ?? [];
  assert.ok(rows.length > 80);
  assert.deepEqual(
    rows.filter((row) => /^\| `[^`]+` \| +\|/.test(row)),
    [],
  );
});

test('the chart has no copy of a rule or board that is gone, and each board fits into a ConfigMap', () => {
  const sources = globSync(
    ['deploy/prometheus/ant-watcher-*.rules.yaml', 'deploy/grafana/dashboards/*.json'],
    {
      cwd: ROOT,
    },
  );
  const copies = globSync('files/*/*', { cwd: CHART });
  assert.deepEqual(copies.map((path) => basename(path)).sort(), sources.map((path) => basename(path)).sort());
  for (const path of copies) assert.ok(statSync(join(CHART, path)).size < LARGEST_BOARD_BYTES, path);
});

test('the image and the chart are looked for where the project is', () => {
  const { repository } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const [, owner] = /github\.com\/([^/]+)\//.exec(repository.url) ?? [];
  assert.ok(owner);
  const { registry, repository: image } = parse(readChart('values.yaml')).image;
  assert.ok(`${registry}/${image}`.startsWith(`ghcr.io/${owner}/`));
  for (const text of [readChart('README.md'), readFileSync(join(ROOT, 'docs/install-kubernetes.md'), 'utf8')])
    assert.deepEqual(new Set(text.match(/ghcr\.io\/[\w-]+/g)), new Set([`ghcr.io/${owner}`]));
});

test('the chart has the version of the package', () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const chart = parse(readChart('Chart.yaml'));
  assert.deepEqual([chart.version, chart.appVersion], [version, version]);
});
