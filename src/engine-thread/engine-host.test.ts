import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasOwnThread } from './engine-host.ts';

const LITTLE_BYTES = 512 * 1024 ** 2 - 1;

test('the engine has a thread of its own, but not where there is little memory or one core', () => {
  assert.equal(hasOwnThread(LITTLE_BYTES + 1, 2), true);
  assert.equal(hasOwnThread(LITTLE_BYTES, 2), false);
  assert.equal(hasOwnThread(LITTLE_BYTES + 1, 1), false);
});
