import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tightenHeap } from './process-memory.ts';

test('heaps are kept small where there is little memory, and nowhere else', () => {
  assert.equal(tightenHeap(512 * 1024 ** 2), false);
  assert.equal(tightenHeap(256 * 1024 ** 2), true);
});
