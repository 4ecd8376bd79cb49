import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readWalks, walkFaults } from './walks.ts';

const ROOT = join(import.meta.dirname, '..');
const SOURCES = new Map(
  globSync('src/**/*.ts', { cwd: ROOT }).map((path) => [path, readFileSync(join(ROOT, path), 'utf8')]),
);
const WALKS = readWalks(readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8'));

test('docs/architecture.md walks a delivery, a lost delivery, a setting and a scrape', () => {
  for (const name of ['One delivery', 'One lost delivery', 'One setting', 'One scrape'])
    assert.ok((WALKS.get(name)?.length ?? 0) > 4, name);
});

for (const [heading, steps] of WALKS) {
  test(`${heading}: every file exists and is called by the one above it`, () => {
    assert.deepEqual(walkFaults(steps, SOURCES), []);
  });
}

test('a step is reached by an import, by a shared contract, or by the file that passes it on', () => {
  const sources = new Map([
    ['src/a.ts', "import { b } from './b.ts'; import type { Engine } from './contract.ts';"],
    ['src/b.ts', ''],
    ['src/contract.ts', 'export interface Engine {}'],
    ['src/c.ts', "import type { Engine } from './contract.ts';"],
    ['src/e.ts', "import { d } from './d.ts';"],
    ['src/d.ts', ''],
  ]);
  const walk = `## One
- \`src/a.ts\`: begins
  - \`src/b.ts\`: imported
    - \`src/d.ts\`: not imported by b
  - \`src/c.ts\` (as \`Engine\` of \`src/contract.ts\`): by its type
  - \`src/b.ts\` (as \`Motor\` of \`src/contract.ts\`): knows no contract
  - \`src/d.ts\` (given by \`src/e.ts\`): given
  - \`src/c.ts\` (given by \`src/e.ts\`): not given
  - \`src/f.ts\`: not there
`;
  assert.deepEqual(walkFaults(readWalks(walk).get('One') ?? [], sources), [
    'src/b.ts does not import src/d.ts',
    'src/b.ts does not import src/contract.ts',
    'src/contract.ts has no Motor',
    'src/e.ts does not import src/c.ts',
    'there is no src/f.ts',
  ]);
});
