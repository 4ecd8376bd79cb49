import assert from 'node:assert/strict';
import { createVerify, generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { readAppKey, signAppJwt } from './jwt.ts';

const NOW = 1_700_000_000_500;

test('both forms of a private key sign a JWT that the public key verifies', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  for (const type of ['pkcs1', 'pkcs8'] as const) {
    const key = readAppKey(privateKey.export({ type, format: 'pem' }).toString());
    assert.ok(key !== null);
    const [header = '', claims = '', signature = ''] = (await signAppJwt('Iv23abc', key, NOW)).split('.');
    const verify = createVerify('RSA-SHA256').update(`${header}.${claims}`);
    assert.ok(verify.verify(publicKey, signature, 'base64url'));
    const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());
    assert.deepEqual(read(header), { alg: 'RS256', typ: 'JWT' });
    assert.deepEqual(read(claims), { iat: 1_699_999_940, exp: 1_700_000_540, iss: 'Iv23abc' });
  }
});

test('keys other than RSA, or too short for RS256, are refused', () => {
  const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
  assert.equal(readAppKey(short.export({ type: 'pkcs1', format: 'pem' }).toString()), null);
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  assert.equal(readAppKey(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()), null);
  assert.equal(readAppKey(publicKey.export({ type: 'spki', format: 'pem' }).toString()), null);
  assert.equal(readAppKey('-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----'), null);
  assert.equal(readAppKey(''), null);
});
