import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cursorOf, pageOf } from './paging.ts';

const ROWS = [
  { name: 'a', p95: 2 },
  { name: 'c', p95: 5 },
  { name: 'b', p95: 5 },
  { name: 'd', p95: null },
];
const page = (sort: string, offset: number, limit: number) =>
  pageOf(
    ROWS,
    { sort, offset, limit },
    (row) => row.p95,
    ({ name }) => name,
  );

test('rows without a value are last in either direction, and equal ones in the order of their names', () => {
  const names = (sort: string) => page(sort, 0, 9).rows.map(({ name }) => name);
  assert.deepEqual(names('-p95'), ['b', 'c', 'a', 'd']);
  assert.deepEqual(names('p95'), ['a', 'b', 'c', 'd']);
});

test('pages follow one another to the end', () => {
  assert.equal(page('p95', 0, 3).cursor, cursorOf('p95', 3));
  const last = page('p95', 3, 3);
  assert.deepEqual(last, { rows: [{ name: 'd', p95: null }], cursor: null });
  assert.deepEqual(page('p95', 9, 3), { rows: [], cursor: null });
});
