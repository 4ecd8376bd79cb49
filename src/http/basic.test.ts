import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBasicCheck } from './basic.ts';

const isAllowed = createBasicCheck(['prometheus:pass:word', 'zoë:sécret']);

function basic(pair: string, scheme = 'Basic'): string {
  return `${scheme} ${Buffer.from(pair).toString('base64')}`;
}

for (const header of [
  basic('prometheus:pass:word'),
  basic('zoë:sécret'),
  basic('prometheus:pass:word', 'basic'),
]) {
  test(`"${header}" is allowed`, () => assert.equal(isAllowed(header), true));
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
  basic('zoë:sécret\0'),
  basic('prometheus:pass:word', 'Bearer'),
  `${basic('prometheus:pass:word')}, ${basic('zoë:sécret')}`,
]) {
  test(`"${header}" is not allowed`, () => assert.equal(isAllowed(header), false));
}

test('without pairs nothing is allowed', () => {
  assert.equal(createBasicCheck([])(basic(':')), false);
});
