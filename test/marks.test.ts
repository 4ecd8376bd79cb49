import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foundMarks, newMarks } from './marks.ts';

test('a marked secret is found in every form, and only where it is', () => {
  const marks = newMarks(['a', 'b']);
  const secret = String(marks.secrets['a']);
  const forms: readonly [string, string][] = [
    [`x${secret}y`, 'a: plain'],
    [secret.slice(3, 15).toUpperCase(), 'a: plain'],
    [Buffer.from(secret).toString('hex'), 'a: hexadecimal'],
    ...['', 'u', 'us', 'user:'].map((before): [string, string] => [
      Buffer.from(before + secret).toString('base64'),
      'a: base64',
    ]),
    [marks.privateKey.slice(200, 260), 'private key'],
    [`eyJ${'a'.repeat(12)}.${'b'.repeat(12)}.${'c'.repeat(12)}`, 'JWT'],
    ['(ghs_abcdefgh)', 'a token of GitHub'],
  ];
  for (const [text, expected] of forms) assert.deepEqual(foundMarks(text, marks), [expected], text);
  assert.deepEqual(foundMarks('nothing of the kind', marks), []);
});
