import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sized, text } from './protobuf.ts';

const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

test('fields are written as the encoding guide of protobuf shows it', () => {
  // https://protobuf.dev/programming-guides/encoding/#length-types, #submessages
  assert.equal(hexOf(text(2, 'testing')), '120774657374696e67');
  assert.equal(hexOf(sized(3, [Buffer.from('089601', 'hex')])), '1a03089601');
});
