import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeBody } from './decode-body.ts';

function outcomeOf(body: string | Buffer, form: 'json' | 'form'): unknown {
  const decoded = decodeBody(Buffer.from(body as string), form);
  return 'rejection' in decoded ? decoded.rejection.reason : decoded.payload;
}

test('any payload is decoded from a form unchanged', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.json()), (payload) => {
      const form = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
      assert.deepEqual(outcomeOf(form, 'form'), JSON.parse(JSON.stringify(payload)));
    }),
  );
});

test('the payload may be among other fields', () => {
  assert.deepEqual(outcomeOf('a=1&payload=%7B%22b%22%3A+2%7D&c=3', 'form'), { b: 2 });
});

for (const [body, form, expected] of [
  ['{"a":"é"}', 'json', { a: 'é' }],
  [Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 'json', 'invalid_utf8'],
  [Buffer.from('payload=\xff', 'latin1'), 'form', 'invalid_utf8'],
  ['payload=%7B%22%FF%22%3A1%7D', 'form', 'invalid_form'],
  ['payload=%', 'form', 'invalid_form'],
  ['payload', 'form', 'invalid_form'],
  ['xpayload={}', 'form', 'invalid_form'],
  ['', 'form', 'invalid_form'],
  ['payload=', 'form', 'invalid_json'],
  ['', 'json', 'invalid_json'],
  ['{', 'json', 'invalid_json'],
  ['[]', 'json', 'invalid_json'],
  ['null', 'json', 'invalid_json'],
  ['"text"', 'json', 'invalid_json'],
  ['1', 'json', 'invalid_json'],
] as const) {
  test(`${JSON.stringify(body.toString())} as ${form} is ${JSON.stringify(expected)}`, () => {
    assert.deepEqual(outcomeOf(body as string, form), expected);
  });
}
