import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBearerCheck } from './bearer.ts';

const isAllowed = createBearerCheck(['first-token', 'second-token']);

for (const header of [
  'Bearer first-token',
  'Bearer second-token',
  'bearer first-token',
  'Bearer  first-token ',
]) {
  test(`"${header}" is allowed`, () => assert.equal(isAllowed(header), true));
}

for (const header of [
  undefined,
  '',
  'Bearer',
  'Bearer ',
  'first-token',
  'Basic first-token',
  'Bearer first-toke',
  'Bearer first-token2',
  'Bearer first-token second-token',
  'Bearer FIRST-TOKEN',
]) {
  test(`"${header}" is not allowed`, () => assert.equal(isAllowed(header), false));
}

test('without tokens nothing is allowed', () => {
  assert.equal(createBearerCheck([])('Bearer first-token'), false);
});
