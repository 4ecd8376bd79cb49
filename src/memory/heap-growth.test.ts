import assert from 'node:assert/strict';
import { test } from 'node:test';
import { heapGrowthPercent } from './process-memory.ts';

test('heaps grow least where there is little memory', () => {
  assert.equal(heapGrowthPercent(512 * 1024 ** 2), 150);
  assert.equal(heapGrowthPercent(512 * 1024 ** 2 - 1), 30);
});
