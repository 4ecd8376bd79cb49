import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compressBlock } from './snappy.ts';

/** Reads a block as the description of the format says, byte for byte, refusing all that it does not allow. */
function decompress(block: Uint8Array): Uint8Array {
  let at = 0;
  const byte = () => block[at++] ?? assert.fail('the block ends early');
  const littleEndian = (bytes: number) =>
    Array.from({ length: bytes }, byte).reduceRight((sum, each) => sum * 256 + each, 0);
  let length = 0;
  for (let scale = 1, more = true; more; scale *= 128) {
    const next = byte();
    length += (next & 127) * scale;
    more = next > 127;
  }
  const output: number[] = [];
  const copy = (distance: number, count: number) => {
    assert.ok(distance > 0 && distance <= output.length, `a copy from ${distance} before ${output.length}`);
    for (let i = 0; i < count; i++) output.push(output[output.length - distance] ?? assert.fail());
  };
  while (at < block.length) {
    const tag = byte();
    const upper = tag >> 2;
    if ((tag & 3) === 0) {
      const count = upper < 60 ? upper : littleEndian(upper - 59);
      for (let i = 0; i <= count; i++) output.push(byte());
    } else if ((tag & 3) === 1) copy((tag >> 5) * 256 + byte(), (upper & 7) + 4);
    else copy(littleEndian((tag & 3) === 2 ? 2 : 4), upper + 1);
  }
  assert.equal(output.length, length);
  return Uint8Array.from(output);
}

function assertReturns(bytes: Uint8Array): void {
  const back = decompress(compressBlock(bytes));
  assert.equal(Buffer.compare(back, bytes), 0);
}

/** Bytes that tell themselves apart everywhere. */
function noise(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 24;
  });
}

test('any bytes come back, whether they repeat or not', () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 6 }), fc.nat(200)).map(([bytes, times]) => {
      return Uint8Array.from({ length: bytes.length * times }, (_, i) => bytes[i % bytes.length] ?? 0);
    }),
  );
  // Pieces that come again, near and far.
  const pieces = fc
    .tuple(fc.array(piece, { minLength: 1, maxLength: 5 }), fc.array(fc.nat(4), { maxLength: 12 }))
    .map(([some, order]) =>
      Buffer.concat(order.map((index) => some[index % some.length] ?? new Uint8Array())),
    );
  fc.assert(fc.property(fc.oneof(piece, pieces), assertReturns));
});

test('every length of literals and copies comes back', () => {
  for (const length of [0, 1, 3, 4, 5, 59, 60, 61, 256, 257, 65_535, 65_536, 65_537, 70_000]) {
    assertReturns(noise(length));
  }
  for (const length of [4, 11, 12, 63, 64, 65, 67, 68, 69, 128, 131, 132, 1000]) {
    const repeated = noise(length);
    for (const apart of [0, 5, 2047 - length, 2048 - length, 5000, 65_535 - length, 65_536 - length]) {
      assertReturns(Buffer.concat([repeated, noise(70_000).subarray(0, Math.max(0, apart)), repeated]));
    }
  }
});

test('what repeats gets small, and what does not grows little', () => {
  const repetitive = Buffer.from('github_actions_event_job_duration_seconds'.repeat(1000));
  assert.ok(compressBlock(repetitive).length < repetitive.length / 15);
  assert.ok(compressBlock(noise(100_000)).length < 100_100);
});

test('only the bytes that are handed in are read', () => {
  const inside = new Uint8Array([9, 9, 9, 9, 1, 2, 3, 4, 9, 9, 9, 9]).subarray(4, 8);
  assert.deepEqual([...decompress(compressBlock(inside))], [1, 2, 3, 4]);
});
