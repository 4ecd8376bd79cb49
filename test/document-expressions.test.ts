import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { METRICS } from '../src/domain/catalogue.ts';
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

const EXPRESSIONS = globSync(['*.md', '{docs,config,deploy}/**/*.md'], { cwd: ROOT })
  .filter((path) => path !== 'docs/queries.md')
  .flatMap(queriesIn);

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
