import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { double, fixed64, int64, sized, text, varint } from './protobuf.ts';

const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

test('fields are written as the encoding guide of protobuf shows it', () => {
  // https://protobuf.dev/programming-guides/encoding/#simple, #length-types, #submessages
  assert.equal(hexOf(varint(1, 150)), '089601');
  assert.equal(hexOf(text(2, 'testing')), '120774657374696e67');
  assert.equal(hexOf(sized(3, [varint(1, 150)])), '1a03089601');
  // #signed-ints: a negative int64 has ten bytes.
  assert.equal(hexOf(int64(1, -2)), '08feffffffffffffffff01');
  assert.equal(hexOf(double(1, 1)), '09000000000000f03f');
  assert.equal(hexOf(fixed64(2, 2n ** 64n - 1n)), '11ffffffffffffffff');
});

test('an integer of any size and sign is read again from its seven-bit groups', () => {
  const read = (bytes: Uint8Array) =>
    BigInt.asIntN(
      64,
      bytes.reduce((sum, byte, at) => sum | (BigInt(byte & 127) << BigInt(7 * at)), 0n),
    );
  fc.assert(
    fc.property(fc.maxSafeInteger(), (value) => {
      const [key, ...rest] = int64(1, value);
      assert.equal(key, 8);
      assert.ok(rest.every((byte, at) => byte > 127 === at < rest.length - 1));
      assert.equal(read(Uint8Array.from(rest)), BigInt(value));
    }),
  );
});
