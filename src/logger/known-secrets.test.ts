import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { protectedSecrets, protectSecrets } from './known-secrets.ts';
import { redactSetting, redactText } from './redact.ts';
import { safeFields, safeText } from './safe-fields.ts';

/** Ordinary characters, those with a meaning in some text format, and others. */
const secrets = fc.oneof(
  fc.string({ minLength: 8, maxLength: 60 }),
  fc.string({ minLength: 8, maxLength: 60, unit: 'binary' }),
  fc.string({
    minLength: 8,
    maxLength: 40,
    unit: fc.constantFrom('a', '"', '\\', ' ', '+', '%', '/', '=', 'é'),
  }),
);

const CODINGS: readonly ((secret: string) => string)[] = [
  (secret) => secret,
  encodeURIComponent,
  (secret) => JSON.stringify(secret).slice(1, -1),
  (secret) => Buffer.from(secret).toString('base64'),
  (secret) => Buffer.from(secret).toString('base64url'),
  (secret) => Buffer.from(secret).toString('hex'),
];

function inEveryWay(value: string): object {
  const error = new Error(`it says ${value}`, { cause: new AggregateError([new Error(value)], value) });
  return {
    text: `before ${value} after`,
    [`key ${value}`]: 1,
    nested: [{ deep: new Map([[value, new Set([value])]]) }],
    error: Object.assign(error, { code: value }),
    bytes: Buffer.from(value),
    symbol: Symbol(value),
    url: URL.parse(`http://host/${value}`),
    named: Object.defineProperty(() => undefined, 'name', { value }),
  };
}

test('a protected secret appears in no text and no field, however it is encoded', () => {
  fc.assert(
    fc.property(secrets, fc.constantFrom(...CODINGS), (value, encode) => {
      const secret = value.toWellFormed();
      protectSecrets([secret]);
      const spelled = encode(secret);
      for (const text of [
        redactText(`a ${spelled}b`),
        redactSetting(spelled),
        safeText(`${spelled}${spelled}`),
      ])
        assert.ok(!text.includes(spelled), text);
      const fields = JSON.stringify(safeFields(inEveryWay(spelled)));
      assert.ok(!fields.includes(JSON.stringify(spelled).slice(1, -1)), fields);
    }),
  );
});

test('short texts are not treated as secrets, and a protected secret stays protected', () => {
  protectSecrets(['port', 'a real secret']);
  assert.equal(redactText('the port is open'), 'the port is open');
  protectSecrets(['another one of them']);
  assert.equal(redactText('a real secret, another one of them'), '<secret>, <secret>');
  assert.ok(protectedSecrets().includes('a real secret'));
  assert.ok(!protectedSecrets().includes('port'));
});

test('when one secret is part of another, the whole longer one is removed', () => {
  protectSecrets(['overlapping', 'overlapping-and-longer']);
  assert.equal(redactText('x overlapping-and-longer y'), 'x <secret> y');
});
