import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearestRank } from './nearest-rank.ts';

test('a percentile is one of the values: the smallest that so many are not above', () => {
  const values = Array.from({ length: 20 }, (_, index) => index + 1);
  assert.deepEqual(
    [0, 0.05, 0.5, 0.95, 0.951, 0.99, 1].map((p) => nearestRank(values, p)),
    [1, 1, 10, 19, 20, 20, 20],
  );
  assert.equal(nearestRank([7], 0.5), 7);
  assert.ok(Number.isNaN(nearestRank([], 0.5)));
});
