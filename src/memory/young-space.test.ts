import assert from 'node:assert/strict';
import { test } from 'node:test';
import { youngSpaceMiB } from './young-space.ts';

test('where memory is limited, the young generation gets half the room', () => {
  assert.equal(youngSpaceMiB(undefined, 0), 16);
  assert.equal(youngSpaceMiB('0', 0), 16);
  assert.equal(youngSpaceMiB('', 2 ** 63), 16);
  assert.equal(youngSpaceMiB('1GiB', 0), 8);
  assert.equal(youngSpaceMiB(undefined, 512 * 1024 ** 2), 16);
  assert.equal(youngSpaceMiB(undefined, 512 * 1024 ** 2 - 1), 8);
});
