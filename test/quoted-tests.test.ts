import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { hasTest, quotedTests } from './quoted-tests.ts';

const DOCS = join(import.meta.dirname, '..', 'docs');
const CORRECTNESS = readFileSync(join(DOCS, 'correctness.md'), 'utf8');

for (const [document, fewest] of [
  ['correctness.md', 30],
  ['security.md', 20],
] as const) {
  test(`every test that docs/${document} names is there`, () => {
    const quotes = quotedTests(readFileSync(join(DOCS, document), 'utf8'));
    assert.ok(quotes.length > fewest);
    const missing = quotes.filter(({ name, file }) => {
      const path = join(DOCS, file);
      return !existsSync(path) || !hasTest(readFileSync(path, 'utf8'), name);
    });
    assert.deepEqual(missing, []);
  });
}

test('every trap of docs/correctness.md has a test or is said to be not met yet', () => {
  const rows = CORRECTNESS.split('\n').filter((line) => /^\| \d+ \|/.test(line));
  const numbers = rows.map((row) => Number(row.split('|')[1]));
  assert.ok(numbers.length >= 24);
  assert.deepEqual(
    numbers,
    [...new Set(numbers)].toSorted((a, b) => a - b),
    'in order, none twice',
  );
  assert.deepEqual(
    rows.filter((row) => quotedTests(row).length === 0 && !row.includes('| Not met yet: ')),
    [],
  );
});

test('every file of traps is named in docs/correctness.md', () => {
  const files = globSync('*.test.ts', { cwd: join(import.meta.dirname, 'traps') });
  const named = quotedTests(CORRECTNESS).map(({ file }) => file);
  assert.deepEqual(
    files.filter((file) => !named.includes(`../test/traps/${file}`)),
    [],
  );
});

test('a test is found by its name, whatever is put into it, and no other', () => {
  const source = [
    "test('it\\'s one', async () => {",
    `test(\`\${name}: two of \${count}.\`, async () => {`,
    'test(\n  "three",\n  async () => {',
  ].join('\n');
  for (const name of ["it's one", 'worlds: two of 5.', 'three']) assert.ok(hasTest(source, name), name);
  for (const name of ['one', 'worlds: two of 5!', ': two of 5.', 'three '])
    assert.ok(!hasTest(source, name), name);
});

test('a quote that names no file is a fault', () => {
  assert.deepEqual(quotedTests('so: “one\n  test” ([x](../y.ts)).'), [{ name: 'one test', file: '../y.ts' }]);
  assert.throws(() => quotedTests('“one” and “two” ([x](../y.ts))'), /1 quotes name no file/);
});
