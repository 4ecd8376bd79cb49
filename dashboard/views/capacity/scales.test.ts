import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runnerScale, runnerTicks, waitScale, waitTicks } from './scales.ts';

const BOX = { left: 10, right: 110, top: 0, bottom: 200 };

test('no wait is at the bottom, the longest at the top, and one runner at the left', () => {
  const y = waitScale(3600, BOX);
  assert.deepEqual([y(0), y(3600)], [200, 0]);
  assert.ok(y(60) < y(6) && y(6) < y(0));
  assert.deepEqual(
    [runnerScale(11, BOX)(1), runnerScale(11, BOX)(6), runnerScale(11, BOX)(11)],
    [10, 60, 110],
  );
  assert.equal(runnerScale(1, BOX)(1), 60, 'a single number is in the middle');
  assert.equal(waitScale(0, BOX)(0), 200, 'nobody waited');
});

test('ticks are round, and as many as fit', () => {
  assert.deepEqual(waitTicks(700, waitScale(700, BOX)), [0, 1, 10, 60, 600]);
  const low = { ...BOX, bottom: 40 };
  assert.deepEqual(waitTicks(700, waitScale(700, low)), [0, 10, 60, 600], 'one second is too near to none');
  assert.deepEqual(runnerTicks(4, 8), [1, 2, 3, 4]);
  assert.deepEqual(runnerTicks(23, 8), [1, 5, 10, 15, 20]);
});
