import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '../domain/contracts.ts';
import type { Increment } from '../domain/metric.ts';
import { openCertificate } from './certificate.ts';
import { CERTIFICATE, KEY, makeCertificateFiles, NEXT_CERTIFICATE, NEXT_KEY } from './certificate-fixture.ts';

const LOOK_MS = 5;

async function openWatched(
  context: TestContext,
  { certFile, keyFile }: { certFile: string; keyFile: string },
) {
  const told: string[] = [];
  const counted: Increment[] = [];
  const logger: Logger = {
    debug() {},
    info: (message) => void told.push(message),
    warn: (message) => void told.push(message),
    error: (message) => void told.push(message),
    child: () => logger,
  };
  let nowMs = 1000;
  const certificate = await openCertificate({
    files: { listener: 'api', certFile, keyFile },
    checkEveryMs: LOOK_MS,
    clock: () => (nowMs += 1000),
    meter: { add: (increments) => void counted.push(...increments) },
    logger,
  });
  context.after(() => certificate.close());
  return { certificate, told, counted };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await pause(LOOK_MS);
}

/** Time for many looks at what should not change. */
const aWhile = () => pause(40 * LOOK_MS);

test('a certificate that is written anew is used, told and shown', async (context) => {
  const files = makeCertificateFiles(context);
  const { certificate, told, counted } = await openWatched(context, files);
  const used: string[] = [];
  certificate.onRenewal(({ cert }) => used.push(cert));
  assert.deepEqual(
    certificate.readings().map(({ metric, labels, value }) => [metric, labels, value]),
    [
      [
        'ant_watcher_tls_certificate_expiry_timestamp_seconds',
        ['api'],
        Date.UTC(2126, 9, 31, 21, 33, 24) / 1000,
      ],
      ['ant_watcher_tls_certificate_loaded_timestamp_seconds', ['api'], 2],
    ],
  );
  files.write(NEXT_CERTIFICATE, NEXT_KEY);
  await until(() => used.length > 0);
  assert.deepEqual(used, [NEXT_CERTIFICATE]);
  assert.equal(certificate.current().cert, NEXT_CERTIFICATE);
  assert.equal(certificate.readings()[0]?.value, Date.UTC(2127, 1, 9, 0, 25, 35) / 1000);
  assert.equal(certificate.readings()[1]?.value, 3);
  assert.deepEqual(
    counted.map(({ labels }) => labels),
    [['api', 'renewed']],
  );
  assert.deepEqual(told, ['A changed certificate is in use']);
});

test('links that are swapped, as Kubernetes and certbot do, are followed', async (context) => {
  const { folder, write } = makeCertificateFiles(context);
  write(CERTIFICATE, KEY);
  mkdirSync(join(folder, 'next'));
  writeFileSync(join(folder, 'next/cert.pem'), NEXT_CERTIFICATE);
  writeFileSync(join(folder, 'next/key.pem'), NEXT_KEY);
  const link = join(folder, '..data');
  symlinkSync(folder, link);
  const { certificate } = await openWatched(context, {
    certFile: join(link, 'cert.pem'),
    keyFile: join(link, 'key.pem'),
  });
  symlinkSync(join(folder, 'next'), `${link}.new`);
  renameSync(`${link}.new`, link);
  await until(() => certificate.current().cert === NEXT_CERTIFICATE);
});

test('a broken pair leaves the old one in use, and is told once', async (context) => {
  const files = makeCertificateFiles(context);
  const { certificate, told, counted } = await openWatched(context, files);
  files.write(NEXT_CERTIFICATE, KEY);
  await until(() => told.length > 0);
  await aWhile();
  assert.equal(certificate.current().cert, CERTIFICATE);
  assert.deepEqual(told, ['A changed certificate is wrong: the old one stays']);
  assert.deepEqual(
    counted.map(({ labels }) => labels),
    [['api', 'failed']],
  );
  rmSync(files.keyFile);
  await until(() => told.length > 1);
  files.write(NEXT_CERTIFICATE, NEXT_KEY);
  await until(() => certificate.current().cert === NEXT_CERTIFICATE);
});

test('the old pair put back after a broken one is no renewal, and no fault', async (context) => {
  const files = makeCertificateFiles(context);
  const { certificate, told } = await openWatched(context, files);
  files.write('', '');
  await until(() => told.length > 0);
  files.write(CERTIFICATE, KEY);
  await aWhile();
  assert.equal(certificate.current().cert, CERTIFICATE);
  assert.equal(told.filter((message) => message.includes('wrong')).length, 1);
});

test('a pair that is wrong at the start is refused', async (context) => {
  const files = makeCertificateFiles(context);
  files.write(CERTIFICATE, NEXT_KEY);
  await assert.rejects(openWatched(context, files), { code: 'config_invalid' });
});
