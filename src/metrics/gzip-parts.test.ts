import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { joinParts, packPart } from './gzip-parts.ts';

test('parts joined in any order are one stream with all of their bytes', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 50 }),
    fc.string().map((text) => Buffer.from(text.repeat(1000))),
  );
  fc.assert(
    fc.property(fc.array(bytes, { maxLength: 5 }), fc.array(fc.nat(), { maxLength: 12 }), (pieces, order) => {
      const parts = pieces.map(packPart);
      const at = order
        .map((number) => number % Math.max(1, pieces.length))
        .filter((index) => index < pieces.length);
      // Checks the length and the checksum too.
      const joined = gunzipSync(joinParts(at.flatMap((index) => parts[index] ?? [])));
      assert.deepEqual(joined, Buffer.concat(at.flatMap((index) => pieces[index] ?? [])));
    }),
  );
});

test('a part takes no more memory than its bytes', () => {
  const { deflated } = packPart(Buffer.from('a'.repeat(1000)));
  assert.equal(deflated.buffer.byteLength, deflated.length);
});
