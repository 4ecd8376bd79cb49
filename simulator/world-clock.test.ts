import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createWorldClock } from './world-clock.ts';

test('a faster world begins in the past, catches up, and never runs ahead of the present', () => {
  const clock = createWorldClock(1000, 10_000, 10);
  assert.equal(clock.dueMs(1000), 10_000);
  assert.equal(clock.dueMs(6000), 10_500);
  assert.equal(clock.worldMs(10_500), 6000);
  assert.equal(clock.worldMs(11_000), 11_000);
  assert.equal(clock.worldMs(20_000), 20_000);
  assert.equal(clock.dueMs(20_000), 20_000);
});

test('in real time each delivery is due at its time', () => {
  const clock = createWorldClock(5000, 5000, 1);
  assert.equal(clock.dueMs(7000), 7000);
  assert.equal(clock.worldMs(7000), 7000);
});
