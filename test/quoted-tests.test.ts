import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { hasTest, quotedTests } from './quoted-tests.ts';

const DOCS = join(import.meta.dirname, '..', 'docs');
const CORRECTNESS = readFileSync(join(DOCS, 'correctness.md'), 'utf8');
const SECURITY = readFileSync(join(DOCS, 'security.md'), 'utf8');
const PROOFS = readFileSync(join(DOCS, 'proofs.md'), 'utf8');

test('every test named in docs/proofs.md exists', () => {
  const quotes = quotedTests(PROOFS);
  assert.ok(quotes.length >= 250);
  const missing = quotes.filter(({ name, file }) => {
    const path = join(DOCS, file);
    return !existsSync(path) || !hasTest(readFileSync(path, 'utf8'), name);
  });
  assert.deepEqual(missing, []);
});

test('every trap in docs/correctness.md has a test in docs/proofs.md or is marked as not met yet', () => {
  const traps = Array.from(CORRECTNESS.matchAll(/^### (\d+)\. (.*)\n([\s\S]*?)(?=^##)/gm));
  const rows = PROOFS.split('\n').filter((line) => /^\| \d+ \|/.test(line));
  const numbers = traps.map(([, number]) => Number(number));
  assert.ok(numbers.length >= 34);
  assert.deepEqual(
    numbers,
    [...new Set(numbers)].toSorted((a, b) => a - b),
    'in order, none twice',
  );
  assert.deepEqual(
    rows.map((row) => Number(row.split('|')[1])),
    numbers,
  );
  traps.forEach(([, number, title = '', text = ''], index) => {
    const row = rows[index] ?? '';
    assert.ok(row.includes(`[${title}]`), `${number}: ${title}`);
    assert.equal(quotedTests(row).length > 0, !text.includes('Not met yet: '), `${number}: ${title}`);
  });
});

test('every threat in docs/security.md has a test in docs/proofs.md', () => {
  const threats = threatsOf(SECURITY);
  const proven = threatsOf(PROOFS);
  assert.ok(threats.size >= 60);
  assert.deepEqual([...threats.keys()], [...proven.keys()]);
  const without = [...proven].filter(([, tests]) => quotedTests(tests).length === 0);
  assert.deepEqual(
    without.map(([threat]) => threat),
    ['Finding a token by how long its refusal takes'],
    'no test measures time',
  );
});

/** The rows of the tables of threats: the threat, and the cell beside it. */
function threatsOf(markdown: string): ReadonlyMap<string, string> {
  const tables = Array.from(
    markdown.matchAll(/^\| threat \|.*\n\| ---.*\n((?:\|.*\n)*)/gm),
    ([, rows = '']) => rows,
  );
  const rows = Array.from(tables.join('').matchAll(/^\| (.*?) \| (.*) \|$/gm));
  return new Map(rows.map(([, threat = '', beside = '']) => [threat, beside]));
}

test('every file in test/traps is named in docs/proofs.md', () => {
  const files = globSync('*.test.ts', { cwd: join(import.meta.dirname, 'traps') });
  const named = quotedTests(PROOFS).map(({ file }) => file);
  assert.deepEqual(
    files.filter((file) => !named.includes(`../test/traps/${file}`)),
    [],
  );
});

test('a test is found by its exact name, with anything in its placeholders', () => {
  const source = [
    "test('it\\'s one', async () => {",
    `test(\`\${name}: two of \${count}.\`, async () => {`,
    'test(\n  "three",\n  async () => {',
  ].join('\n');
  for (const name of ["it's one", 'worlds: two of 5.', 'three']) assert.ok(hasTest(source, name), name);
  for (const name of ['one', 'worlds: two of 5!', ': two of 5.', 'three '])
    assert.ok(!hasTest(source, name), name);
});

test('a quote that names no file is an error', () => {
  assert.deepEqual(quotedTests('so: “one\n  test” ([x](../y.ts)).'), [{ name: 'one test', file: '../y.ts' }]);
  assert.throws(() => quotedTests('“one” and “two” ([x](../y.ts))'), /1 quotes name no file/);
});
