import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { signatureKeys, verifySignature } from './signature.ts';

const BODY = Buffer.from('Hello, World!');
const SECRET = "It's a Secret to Everybody";
/** The example in GitHub's documentation of its signatures. */
const SIGNATURE = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';

test("the example of GitHub's documentation is verified", () => {
  assert.equal(verifySignature(BODY, SIGNATURE, signatureKeys([SECRET])), true);
  assert.equal(verifySignature(BODY, SIGNATURE.toUpperCase(), signatureKeys([SECRET])), true);
});

test('any of several secrets is enough, wherever it is in the list', () => {
  assert.equal(verifySignature(BODY, SIGNATURE, signatureKeys(['a', SECRET, 'b'])), true);
  assert.equal(verifySignature(BODY, SIGNATURE, signatureKeys([SECRET, 'b'])), true);
  assert.equal(verifySignature(BODY, SIGNATURE, signatureKeys(['a', 'b'])), false);
  assert.equal(verifySignature(BODY, SIGNATURE, []), false);
});

test('the signature covers every byte as received', () => {
  const body = Buffer.from([0xff, 0x00, 0x0a]);
  const signature = `sha256=${createHmac('sha256', 'ü').update(body).digest('hex')}`;
  assert.equal(verifySignature(body, signature, signatureKeys(['ü'])), true);
  assert.equal(verifySignature(Buffer.from([0xfe, 0x00, 0x0a]), signature, signatureKeys(['ü'])), false);
});

for (const [what, signature] of [
  ['nothing', ''],
  ['no digest', 'sha256='],
  ['a digest without its name', SIGNATURE.slice('sha256='.length)],
  ['a short digest', SIGNATURE.slice(0, -1)],
  ['a long digest', `${SIGNATURE}0`],
  ['other than hex', `${SIGNATURE.slice(0, -1)}g`],
  ['SHA-1', SIGNATURE.replace('sha256', 'sha1')],
  ['another digest', SIGNATURE.replace('7', '8')],
] as const) {
  test(`${what} is not a valid signature`, () => {
    assert.equal(verifySignature(BODY, signature, signatureKeys([SECRET])), false);
  });
}

test('an empty secret is refused', () => {
  assert.throws(() => signatureKeys(['a', '']), TypeError);
});

test('it is what Node.js calculates, whatever the lengths of secret and body', () => {
  const secrets = fc.string({ minLength: 1, maxLength: 200, unit: 'grapheme' });
  const bodies = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.integer({ min: 65_400, max: 65_700 }).map((length) => new Uint8Array(length).fill(length % 251)),
  );
  fc.assert(
    fc.property(secrets, bodies, (secret, bytes) => {
      const body = Buffer.from(bytes);
      const digest = createHmac('sha256', secret).update(body).digest('hex');
      assert.ok(verifySignature(body, `sha256=${digest}`, signatureKeys(['another', secret])));
      assert.ok(!verifySignature(body, `sha256=${digest}`, signatureKeys(['another'])));
    }),
  );
});
