import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTokenUses } from './token-uses.ts';

test('a token can be used a hundred times', () => {
  const uses = openTokenUses(() => 0);
  const taken = Array.from({ length: 102 }, () => uses.take('a', 1000));
  assert.deepEqual(taken, [...new Array(100).fill(true), false, false]);
  assert.equal(uses.take('b', 1000), true);
});

test('up to ten thousand tokens are remembered until they expire', () => {
  let nowMs = 0;
  const uses = openTokenUses(() => nowMs);
  const useUp = (id: string) => {
    for (let each = 0; each < 100; each += 1) uses.take(id, 1000);
  };
  useUp('a');
  nowMs = 999;
  uses.take('b', 2000);
  assert.equal(uses.take('a', 1000), false);
  nowMs = 1000;
  uses.take('c', 2000);
  assert.equal(uses.take('a', 1000), true);
  useUp('d');
  for (let each = 0; each < 10_000; each += 1) uses.take(`other ${each}`, 5000);
  assert.equal(uses.take('d', 5000), true);
});
