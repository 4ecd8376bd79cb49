import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { naiveRank } from '../../test/fixtures/some-history.ts';
import { nearestRanks } from './nearest-ranks.ts';

const SHARES = [0, 0.5, 0.5, 0.95, 0.99, 1];

test('the nearest ranks of any values, all from one array', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -9, max: 9 })), (values) => {
      assert.deepEqual(
        nearestRanks(Float64Array.from(values), SHARES),
        SHARES.map((share) => naiveRank(values, share) ?? Number.NaN),
      );
    }),
  );
});
