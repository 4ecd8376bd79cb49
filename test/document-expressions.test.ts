import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { METRICS } from '../src/domain/catalogue.ts';
import { commandsIn } from './document-commands.ts';
import { peerPath } from './peers.ts';
import { openTemporaryFolder } from './temporary-folder.ts';

/*
 * The PromQL in the documents, except docs/queries.md, whose results test/push/queries.test.ts checks. The rules for
 * alerts have tests of their own: test/deploy/.
 */

const ROOT = join(import.meta.dirname, '..');
const SAMPLES = new Set(
  METRICS.flatMap(({ name, type }) =>
    type === 'histogram' ? ['_bucket', '_sum', '_count'].map((suffix) => `${name}${suffix}`) : [name],
  ),
);

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** In a block, expressions are separated by empty lines, or one per line. */
function queriesIn(path: string): string[] {
  return Array.from(read(path).matchAll(/^ *```promql\n([\s\S]*?)^ *```/gm), ([, block = '']) => block)
    .flatMap((block) => block.split(/\n\s*\n|\n(?=\S)/))
    .filter((expression) => !/^\s*(?:#.*)?$/.test(expression));
}

/** Those that a command line gives to promtool. */
function askedOfPromtool(path: string): string[] {
  return commandsIn(read(path)).flatMap(({ words }) =>
    words.slice(0, 3).join(' ') === 'promtool query instant' ? (words.at(-1) ?? '') : [],
  );
}

const DOCUMENTS = globSync(['*.md', '{docs,config,deploy}/**/*.md'], { cwd: ROOT });
const EXPRESSIONS = DOCUMENTS.filter((path) => path !== 'docs/queries.md').flatMap((path) => [
  ...queriesIn(path),
  ...askedOfPromtool(path),
]);

test('the documents query only existing metrics', () => {
  assert.ok(EXPRESSIONS.length >= 15);
  const named = EXPRESSIONS.flatMap((expression) =>
    Array.from(expression.matchAll(/\b(?:github_actions|ant_watcher)_\w+/g), ([name]) => name),
  );
  assert.deepEqual(
    named.filter((name) => !SAMPLES.has(name)),
    [],
  );
});

/** With the names of families in OpenMetrics. What ends with `…` stands for many. */
const NAMES = new Set([...SAMPLES, ...METRICS.flatMap(({ name }) => [name, name.replace(/_total$/, '')])]);
const NAMED = /\b(?:github_actions|ant_watcher)_[a-z_]*[a-z](?![a-z_]*…)/g;
/** The sample that doctor sends, another tool, and what Prometheus makes of names in OTLP (test/otlp/). */
const NO_METRICS = [
  'ant_watcher_doctor_probe',
  'github_actions_exporter',
  'ant_watcher_job_queue_duration_seconds',
  'ant_watcher_job_duration_seconds',
];

test('every metric that a document names exists', () => {
  for (const path of DOCUMENTS) {
    const named = Array.from(read(path).matchAll(NAMED), ([name]) => name);
    const unknown = named.filter((name) => !NAMES.has(name) && !NO_METRICS.includes(name));
    assert.deepEqual(unknown, [], path);
  }
  assert.deepEqual('`ant_watcher_sreies` `ant_watcher_…`'.match(NAMED), ['ant_watcher_sreies']);
});

test('Prometheus accepts every expression in the documents as a rule', () => {
  const rules = EXPRESSIONS.map((expr, index) => ({ alert: `A${index}`, expr }));
  using folder = openTemporaryFolder({});
  const file = join(folder.path, 'rules.yml');
  writeFileSync(file, stringify({ groups: [{ name: 'documents', rules }] }));
  const { status, stdout, stderr } = spawnSync(peerPath('promtool'), ['check', 'rules', file], {
    encoding: 'utf8',
  });
  assert.equal(status, 0, `${stdout}${stderr}`);
  assert.match(stdout, new RegExp(`SUCCESS: ${rules.length} rules found`));
});
