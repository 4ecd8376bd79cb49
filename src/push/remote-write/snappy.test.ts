import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decompress } from '../../../test/fixtures/snappy.ts';
import { compressBlock } from './snappy.ts';

function assertReturns(bytes: Uint8Array): void {
  const back = decompress(compressBlock(bytes));
  assert.equal(Buffer.compare(back, bytes), 0);
}

/** Bytes without repetitions. */
function noise(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 24;
  });
}

test('any bytes round-trip, whether they repeat or not', () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 6 }), fc.nat(200)).map(([bytes, times]) => {
      return Uint8Array.from({ length: bytes.length * times }, (_, i) => bytes[i % bytes.length] ?? 0);
    }),
  );
  // Pieces that are repeated, near and far.
  const pieces = fc
    .tuple(fc.array(piece, { minLength: 1, maxLength: 5 }), fc.array(fc.nat(4), { maxLength: 12 }))
    .map(([some, order]) =>
      Buffer.concat(order.map((index) => some[index % some.length] ?? new Uint8Array())),
    );
  fc.assert(fc.property(fc.oneof(piece, pieces), assertReturns));
});

test('every length of literals and copies round-trips', () => {
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

test('repetitive data gets small, and other data grows little', () => {
  const repetitive = Buffer.from('github_actions_event_job_duration_seconds'.repeat(1000));
  assert.ok(compressBlock(repetitive).length < repetitive.length / 15);
  assert.ok(compressBlock(noise(100_000)).length < 100_100);
});

test('only the given bytes are read', () => {
  const inside = new Uint8Array([9, 9, 9, 9, 1, 2, 3, 4, 9, 9, 9, 9]).subarray(4, 8);
  assert.deepEqual([...decompress(compressBlock(inside))], [1, 2, 3, 4]);
});
