import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csvOf } from './csv.ts';

test('a table is RFC 4180 with a header; a comma, a quote and a line break are quoted', () => {
  const text = csvOf(
    [{ name: 'build, "fast"\nlane', count: 3, p95: null, new: true }],
    ['name', 'count', 'p95', 'new'],
  );
  assert.equal(text, 'name,count,p95,new\r\n"build, ""fast""\nlane",3,,true\r\n');
});

test('a spreadsheet never executes a name', () => {
  for (const name of [
    '=cmd()',
    '+1',
    '-1',
    '@SUM(A1)',
    '\tx',
    '\rx',
    '\nx',
    '＝1+1',
    ' =1',
    '\u200B=1',
    '\u00A0@x',
  ]) {
    const [, line] = csvOf([{ name }], ['name']).split('\r\n');
    assert.match(line ?? '', /^"?'/, JSON.stringify(name));
  }
  assert.equal(csvOf([{ value: -1 }], ['value']), 'value\r\n-1\r\n', 'a number is no text');
});
