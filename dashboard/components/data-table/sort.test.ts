import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSort, printSort, sorted, turned } from './sort.ts';

test('what has no value comes last in both directions', () => {
  const rows = [3, null, 10, 1];
  assert.deepEqual(
    sorted(rows, (row) => row, parseSort('x')),
    [1, 3, 10, null],
  );
  assert.deepEqual(
    sorted(rows, (row) => row, parseSort('-x')),
    [10, 3, 1, null],
  );
  assert.deepEqual(
    sorted(['b', 'a', 'C'], (row) => row, parseSort('x')),
    ['a', 'b', 'C'],
  );
});

test('a header turns the order; numbers begin with the largest', () => {
  const none = parseSort('');
  assert.equal(printSort(turned(none, 'p95', true)), '-p95');
  assert.equal(printSort(turned(parseSort('-p95'), 'p95', true)), 'p95');
  assert.equal(printSort(turned(parseSort('-p95'), 'name', false)), 'name');
});
