import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { safeFields } from './safe-fields.ts';

const MARK = 'Xy7-opaque-value';
const names = fc.constantFrom(
  'authorization',
  'Proxy-Authorization',
  'X-Hub-Signature-256',
  'set-cookie',
  'github_token',
  'webhookSecrets',
  'app_private_key',
  'password',
);
const hidden = fc.oneof(
  fc.constant(MARK),
  fc.constant([MARK]),
  fc.constant({ value: MARK }),
  fc.constant(new Map([['a', MARK]])),
);

test('the value of a key that names a secret is removed whatever it looks like, at any depth', () => {
  const holders = fc.letrec<{ holder: object }>((tie) => ({
    holder: fc.oneof(
      { depthSize: 'small' },
      fc.tuple(names, hidden).map(([name, value]) => ({ [name]: value })),
      fc.tuple(names, hidden).map(([name, value]) => new Map([[name, value]])),
      names.map((name) => ['Host', 'h', name, MARK]),
      names.map((name) => [[name, MARK]]),
      names.map((name) => ({ name, value: MARK })),
      names.map((name) => Object.assign(new Error('failed'), { cause: { [name]: MARK } })),
      tie('holder').map((inner) => ({ inner, list: [inner] })),
      tie('holder').map((inner) => new Error('failed', { cause: inner })),
      tie('holder').map((inner) => new Map([['key', inner]])),
    ),
  })).holder;
  fc.assert(
    fc.property(holders, (holder) => {
      const line = JSON.stringify(safeFields({ holder }));
      assert.ok(!line.includes(MARK), line);
    }),
  );
});

test('other values are kept', () => {
  const told = safeFields({ list: ['Host', 'example'], pair: { name: 'Host', value: 'example' } });
  assert.deepEqual(told, { list: ['Host', 'example'], pair: { name: 'Host', value: 'example' } });
});
