import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GroupNumbers } from './group-numbers.ts';

test('every group has a number, however many groups there are', () => {
  const numbers = new GroupNumbers();
  for (const group of [0, 1, 1023, 1024, 5000]) {
    numbers.set(group, group);
    numbers.add(group, 0.5);
  }
  assert.deepEqual(
    [0, 1, 2, 1023, 1024, 5000, 1e6].map((group) => numbers.of(group)),
    [0.5, 1.5, 0, 1023.5, 1024.5, 5000.5, 0],
  );
});
