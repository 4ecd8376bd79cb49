import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeCertificateFiles } from '../../../test/fixtures/certificate.ts';
import { checkCertificate } from './check-certificate.ts';

const EXPIRY_MS = Date.parse('2126-10-31T21:33:24Z');
const DAY_MS = 86_400_000;

test('a certificate passes until two weeks before it expires', async (context) => {
  const files = makeCertificateFiles(context);
  for (const [nowMs, level] of [
    [EXPIRY_MS - 15 * DAY_MS, 'ok'],
    [EXPIRY_MS - 13 * DAY_MS, 'warning'],
    [EXPIRY_MS + 1, 'failed'],
  ] as const) {
    const finding = await checkCertificate({ ...files, listener: 'api' }, nowMs);
    assert.equal(finding.level, level);
    assert.match(JSON.stringify(finding), /2126-10-31T21:33:24/);
  }
});

test('an unusable certificate fails', async (context) => {
  const files = makeCertificateFiles(context);
  const finding = await checkCertificate({ ...files, keyFile: '/nowhere', listener: 'api' }, 0);
  assert.equal(finding.level, 'failed');
  assert.match(JSON.stringify(finding), /api\.tls_key_file/);
});
