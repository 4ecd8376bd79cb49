import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLoopback } from './access.ts';

for (const [address, loopback] of [
  ['127.0.0.1', true],
  ['127.8.9.10', true],
  ['::1', true],
  ['::ffff:127.0.0.1', true],
  ['::FFFF:7f00:1', true],
  ['0:0:0:0:0:0:0:1', true],
  ['0.0.0.0', false],
  ['::', false],
  ['10.0.0.1', false],
  ['128.0.0.1', false],
  ['127.0.0.1.example.org', false],
  ['127.0.0.256', false],
  ['::ffff:c000:201', false],
] as const) {
  test(`${address} is ${loopback ? '' : 'not '}this machine only`, () => {
    assert.equal(isLoopback(address), loopback);
  });
}
