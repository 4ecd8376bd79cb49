import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MomentSorter } from './moments.ts';

const DAY_MS = 86_400_000;
const START = Date.UTC(2026, 10, 1);
const WINDOW = { fromMs: START, toMs: START + DAY_MS };

const someTime = fc.oneof(
  fc.integer({ min: START - 9, max: START + DAY_MS + 9 }),
  fc.integer({ min: 0, max: 9 }).map((each) => START + each),
  fc.integer({ min: 0, max: 9 }).map((each) => START + DAY_MS - each),
  fc.constantFrom(START + 0.5, Number.NaN, Number.NEGATIVE_INFINITY),
);

test('moments in the window come in order, those of one time as they were given', () => {
  const sorter = new MomentSorter();
  fc.assert(
    fc.property(fc.array(someTime, { maxLength: 60, size: 'max' }), (times) => {
      const groups = Int32Array.from(times.keys());
      const { atMs, groups: found } = sorter.sorted({ atMs: Float64Array.from(times), groups }, WINDOW);
      const expected = Array.from(times.entries())
        .filter(([, time]) => time >= WINDOW.fromMs && time < WINDOW.toMs)
        .sort(([, a], [, b]) => a - b);
      assert.deepEqual(
        Array.from(atMs, (time, at) => [found[at], time]),
        expected,
      );
    }),
  );
});
