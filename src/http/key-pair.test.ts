import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { test } from 'node:test';
import {
  CERTIFICATE,
  KEY,
  makeCertificateFiles,
  NEXT_CERTIFICATE,
  NEXT_KEY,
} from '../../test/fixtures/certificate.ts';
import { readKeyPair } from './key-pair.ts';

test('a certificate is read with its key and its expiry', async (context) => {
  const files = makeCertificateFiles(context);
  const pair = await readKeyPair({ ...files, listener: 'api' });
  assert.equal(new Date(pair.expiresAtMs).toISOString(), '2126-10-31T21:33:24.000Z');
  files.write(CERTIFICATE + NEXT_CERTIFICATE, KEY);
  assert.equal((await readKeyPair({ ...files, listener: 'api' })).expiresAtMs, pair.expiresAtMs);
});

const ENCRYPTED = createPrivateKey(KEY)
  .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
  .toString();

for (const [what, cert, key, setting] of [
  ['a key of another certificate', CERTIFICATE, NEXT_KEY, 'webhook.tls_key_file'],
  ['a chain in the wrong order', NEXT_CERTIFICATE + CERTIFICATE, KEY, 'webhook.tls_key_file'],
  ['no certificate', 'hello', KEY, 'webhook.tls_cert_file'],
  ['an empty file', '', KEY, 'webhook.tls_cert_file'],
  ['half a certificate', CERTIFICATE.slice(0, 400), KEY, 'webhook.tls_cert_file'],
  ['half an issuer', CERTIFICATE + NEXT_CERTIFICATE.slice(0, 400), KEY, 'webhook.tls_cert_file'],
  ['no key', CERTIFICATE, 'hello', 'webhook.tls_key_file'],
  ['a certificate for a key', CERTIFICATE, CERTIFICATE, 'webhook.tls_key_file'],
  ['a key with a passphrase', CERTIFICATE, ENCRYPTED, 'webhook.tls_key_file'],
] as const) {
  test(`${what} is refused by the name of the setting, with a hint and without the key`, async (context) => {
    const files = makeCertificateFiles(context);
    files.write(cert, key);
    await assert.rejects(
      readKeyPair({ ...files, listener: 'webhook' }),
      (error: Error & { hint?: string }) => {
        assert.ok(error.message.startsWith(setting), error.message);
        assert.ok(error.hint !== undefined);
        assert.doesNotMatch(error.message, /MIGH|hello/);
        return 'code' in error && error.code === 'config_invalid';
      },
    );
  });
}

test('a missing file is refused by the name of the setting', async (context) => {
  const files = makeCertificateFiles(context);
  await assert.rejects(readKeyPair({ ...files, certFile: '/nowhere/cert.pem', listener: 'api' }), {
    code: 'config_invalid',
    message: /^api\.tls_cert_file can't be read: ENOENT/,
  });
});
