import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { test } from 'node:test';

const ROOT = join(import.meta.dirname, '..');
/** Files in the order of a walk. */
const WALK = /`src\/[\w/-]+\.ts`(?:\s*→\s*`src\/[\w/-]+\.ts`)+/g;

/** What is wrong with a step from one file to the next. */
function faultOf(from: string, to: string): string[] {
  const missing = [from, to].filter((path) => !existsSync(join(ROOT, path)));
  if (missing.length > 0) return missing.map((path) => `there is no ${path}`);
  const relative = posix.relative(posix.dirname(from), to);
  const specifier = relative.startsWith('.') ? relative : `./${relative}`;
  return readFileSync(join(ROOT, from), 'utf8').includes(`'${specifier}'`)
    ? []
    : [`${from} does not import ${to}`];
}

test('the ways in docs/architecture.md exist: each file imports the next', () => {
  const walks = Array.from(
    readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8').matchAll(WALK),
    ([walk]) => Array.from(walk.matchAll(/`([^`]+)`/g), ([, path = '']) => path),
  );
  assert.ok(walks.length > 3);
  const faults = walks.flatMap((files) =>
    files.slice(1).flatMap((to, index) => faultOf(files[index] ?? '', to)),
  );
  assert.deepEqual(faults, []);
});
