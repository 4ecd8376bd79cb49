import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sized, text } from './protobuf.ts';

const hexOf = (bytes: string) => Buffer.from(bytes, 'latin1').toString('hex');

test('fields are written as the encoding guide of protobuf shows it', () => {
  // https://protobuf.dev/programming-guides/encoding/#length-types, #submessages
  assert.equal(hexOf(text(2, 'testing')), '120774657374696e67');
  assert.equal(hexOf(sized(3, '\u0008\u0096\u0001')), '1a03089601');
  assert.equal(hexOf(text(1, 'ü'.repeat(100))), `0ac801${'c3bc'.repeat(100)}`);
});
