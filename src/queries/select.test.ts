import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { selected } from './select.ts';

test('finds the value that sorting would put there, also among equal ones', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1 }), fc.nat(), (values, any) => {
      const index = any % values.length;
      assert.equal(selected(Float64Array.from(values), index), values.toSorted((a, b) => a - b)[index]);
    }),
  );
});
