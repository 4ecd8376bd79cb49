import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ascending } from './ascending.ts';

const time = fc.integer({ min: Date.UTC(2026, 0), max: Date.UTC(2026, 1) });
const NUMBERS = [fc.nat(9), fc.nat(2 ** 32 - 1), fc.constantFrom(0, 2 ** 22, 2 ** 32 - 1), time];

test('many numbers are sorted as few are, whole ones and others', () => {
  for (const number of [
    ...NUMBERS,
    fc.oneof(...NUMBERS, fc.double({ noNaN: true })),
    fc.constantFrom(2 ** 32, -1, 0.5, 1),
  ]) {
    const long = fc.array(number, { minLength: 4000, maxLength: 5000, size: 'max' });
    fc.assert(
      fc.property(long, (values) => {
        const given = Float64Array.from(values);
        assert.deepEqual(ascending(given), given.toSorted());
        assert.deepEqual([...given], values, 'what is given stays as it is');
      }),
      { numRuns: 10 },
    );
  }
});
