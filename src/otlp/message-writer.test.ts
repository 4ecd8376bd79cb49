import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageWriter } from './message-writer.ts';

function hexOf(write: (writer: MessageWriter) => void): string {
  const writer = new MessageWriter();
  write(writer);
  return Buffer.from(writer.bytes).toString('hex');
}

test("fields are written as protobuf's own documents show them", () => {
  // https://protobuf.dev/programming-guides/encoding/: the examples there.
  assert.equal(
    hexOf((writer) => writer.number(1, 150)),
    '089601',
  );
  assert.equal(
    hexOf((writer) => writer.text(2, 'testing')),
    '120774657374696e67',
  );
  assert.equal(
    hexOf((writer) => writer.message(3, () => writer.number(1, 150))),
    '1a03089601',
  );
  assert.equal(
    hexOf((writer) => writer.integer(1, -2)),
    '08feffffffffffffffff01',
  );
});

test('a message of any length has its length in front, also inside of others', () => {
  for (const length of [0, 127, 128, 16_383, 16_384, 3_000_000]) {
    const bytes = Buffer.from(
      hexOf((writer) => writer.message(1, () => writer.text(2, 'x'.repeat(length)))),
      'hex',
    );
    const outer = readLength(bytes, 1);
    assert.equal(bytes.length, outer.at + outer.length);
    const inner = readLength(bytes, outer.at + 1);
    assert.equal(inner.length, length);
    assert.equal(bytes.subarray(inner.at).toString(), 'x'.repeat(length));
  }
});

function readLength(bytes: Buffer, start: number): { length: number; at: number } {
  let [length, at] = [0, start];
  for (let factor = 1; ; factor *= 128) {
    const byte = bytes.readUInt8(at++);
    length += (byte % 128) * factor;
    if (byte < 128) return { length, at };
  }
}
