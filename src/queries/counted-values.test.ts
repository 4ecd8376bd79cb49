import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nearestRank } from '../domain/nearest-rank.ts';
import { CountedValues } from './counted-values.ts';

test('ranks and values are those of all values, however often one comes', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(8)), fc.constantFrom(0.5, 0.95, 1), (values, p) => {
      const counted = new CountedValues();
      const isNew = values.map((value) => counted.add(value));
      const ascending = Float64Array.from(values).sort();
      assert.equal(counted.rank(p), nearestRank(ascending, p));
      assert.deepEqual(counted.values(), ascending);
      assert.equal(isNew.filter(Boolean).length, new Set(values).size);
    }),
  );
});
