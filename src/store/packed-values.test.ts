import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { packValues, unpackValues } from './packed-values.ts';

function unpacked(values: readonly number[], target: Float64Array | Int32Array): unknown {
  const bytes = packValues(Float64Array.from(values)) as Uint8Array<ArrayBuffer>;
  unpackValues(bytes, target, { at: 1, size: values.length });
  return Array.from(target);
}

const NARROW = [255, 65_535, 2 ** 32 - 1];
const edge = fc
  .tuple(fc.constantFrom(...NARROW), fc.integer({ min: -2, max: 2 }), fc.constantFrom(1, 1000))
  .map(([most, more, scale]) => (most + more) * scale);
const value = fc.oneof(
  fc.constant(Number.NaN),
  fc.nat(300),
  fc.nat(300).map((seconds) => seconds * 1000),
  edge,
  fc.constantFrom(0, 1_795_941_645_000),
  fc.maxSafeInteger(),
  // Not -0, which no column has.
  fc.double().map((each) => each + 0),
);

test('numbers are the same after packing, whatever they are', () => {
  fc.assert(
    fc.property(fc.array(value, { maxLength: 12 }), (values) => {
      assert.deepEqual(unpacked(values, new Float64Array(values.length + 2).fill(7)), [7, ...values, 7]);
    }),
    { numRuns: 2000 },
  );
});

test('so are numbers of names, from 0 to the highest one', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.nat(300), fc.integer({ min: 65_000, max: 66_000 }), fc.nat(2 ** 31 - 1))),
      (values) => {
        assert.deepEqual(unpacked(values, new Int32Array(values.length + 2).fill(7)), [7, ...values, 7]);
      },
    ),
  );
});

test('values take as few bytes as the highest one needs', () => {
  const bytesOf = (...values: number[]) => packValues(Float64Array.from(values)).length - 32;
  assert.deepEqual(
    [
      ...[bytesOf(), bytesOf(7, 7), bytesOf(Number.NaN, Number.NaN), bytesOf(0, 254), bytesOf(0, 255)],
      ...[bytesOf(1e12, 1e12 + 254), bytesOf(1e12, 1e12 + 254_000), bytesOf(1e12, 1e12 + 254_001)],
      ...[bytesOf(1, 2, Number.NaN), bytesOf(0, 65_534), bytesOf(0, 65_535), bytesOf(0.5, 1)],
    ],
    [0, 0, 0, 2, 4, 2, 2, 8, 3, 4, 8, 16],
  );
});
