import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBasicCheck, createBearerCheck } from './credentials.ts';

const isBearerAllowed = createBearerCheck(['first-token', 'second-token']);

for (const header of [
  'Bearer first-token',
  'Bearer second-token',
  'bearer first-token',
  'Bearer  first-token ',
]) {
  test(`"${header}" is allowed`, () => assert.equal(isBearerAllowed(header), true));
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
  test(`"${header}" is not allowed`, () => assert.equal(isBearerAllowed(header), false));
}

test('without tokens nothing is allowed', () => {
  assert.equal(createBearerCheck([])('Bearer first-token'), false);
});

const isBasicAllowed = createBasicCheck(['prometheus:pass:word', 'zoë:sécret'], ['first-token', 'to:ken']);

function basic(pair: string, scheme = 'Basic'): string {
  return `${scheme} ${Buffer.from(pair).toString('base64')}`;
}

for (const header of [
  basic('prometheus:pass:word'),
  basic('zoë:sécret'),
  basic('prometheus:pass:word', 'basic'),
  basic(':first-token'),
  basic('anybody:first-token'),
  basic('anybody:to:ken'),
]) {
  test(`"${header}" is allowed`, () => assert.equal(isBasicAllowed(header), true));
}

for (const header of [
  undefined,
  '',
  'Basic',
  basic(''),
  basic('prometheus'),
  basic('prometheus:'),
  basic('prometheus:pass'),
  basic('Prometheus:pass:word'),
  basic('first-token'),
  basic('first-token:'),
  basic('anybody:first-toke'),
  basic('anybody:first-token '),
  basic('anybody:pass:word'),
  basic('anybody:ken'),
  basic(':first-token', 'Bearer'),
  basic('zoë:sécret\0'),
  basic('prometheus:pass:word', 'Bearer'),
  `${basic('prometheus:pass:word')}, ${basic('zoë:sécret')}`,
]) {
  test(`"${header}" is not allowed`, () => assert.equal(isBasicAllowed(header), false));
}

test('without pairs and tokens nothing is allowed', () => {
  for (const pair of [':', '']) assert.equal(createBasicCheck([], [])(basic(pair)), false);
});
