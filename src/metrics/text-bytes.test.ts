import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TextBytes } from './text-bytes.ts';

test('what is written piece by piece is the text of all of them, however small the buffer was', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 100 }).map((text) => ({ text })),
    fc.nat().map((number) => ({ number })),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => ({ number })),
    fc.string({ maxLength: 9 }).map((text) => ({ bytes: Buffer.from(text) })),
    fc.tuple(fc.nat(), fc.nat()).map((again) => ({ again })),
    fc.constant('line' as const),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), fc.nat(100), (pieces, expected) => {
      const written = new TextBytes(expected);
      let wanted: Buffer = Buffer.alloc(0);
      const add = (...more: Buffer[]) => {
        wanted = Buffer.concat([wanted, ...more]);
      };
      for (const each of pieces) {
        if (each === 'line') {
          written.endLine();
          add(Buffer.from('\n'));
        } else if ('text' in each) {
          written.text(each.text);
          add(Buffer.from(each.text));
        } else if ('number' in each) {
          written.number(each.number);
          add(Buffer.from(String(each.number)));
        } else if ('bytes' in each) {
          written.bytes(each.bytes);
          add(each.bytes);
        } else {
          const [start = 0, end = 0] = each.again.map((at) => at % (wanted.length + 1)).sort((a, b) => a - b);
          written.again(start, end);
          add(wanted.subarray(start, end));
        }
      }
      assert.deepEqual(Buffer.from(written.written), wanted);
    }),
  );
});
