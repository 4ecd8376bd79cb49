import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { byteText, writeNumberText } from './byte-text.ts';

test('a text becomes its bytes in UTF-8', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      assert.deepEqual(Buffer.from(byteText(text), 'latin1'), Buffer.from(text));
    }),
  );
});

test('numbers are written as JavaScript writes them', () => {
  const bytes = Buffer.alloc(30);
  const number = fc.oneof(
    fc.double(),
    fc.maxSafeInteger(),
    fc.nat(),
    fc.tuple(fc.nat(22), fc.integer({ min: -1, max: 1 })).map(([power, more]) => 10 ** power + more),
    fc.constantFrom(0, -0, 2 ** 53),
  );
  fc.assert(
    fc.property(number, (value) => {
      const end = writeNumberText(bytes, value, 3);
      assert.equal(bytes.toString('latin1', 3, end), String(value));
      assert.ok(end <= 28);
    }),
    { numRuns: 5000 },
  );
});
