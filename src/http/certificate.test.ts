import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import {
  CERTIFICATE,
  KEY,
  makeCertificateFiles,
  NEXT_CERTIFICATE,
  NEXT_KEY,
} from '../../test/fixtures/certificate.ts';
import { messagesOf, recordingLogger } from '../../test/fixtures/logger.ts';
import type { Increment } from '../domain/metric.ts';
import { openCertificate } from './certificate.ts';

async function openWatched(
  context: TestContext,
  { certFile, keyFile }: { certFile: string; keyFile: string },
) {
  const counted: Increment[] = [];
  const { logger, lines } = recordingLogger();
  let nowMs = 1000;
  let begin = Promise.withResolvers<void>();
  let waiting = Promise.withResolvers<void>();
  const certificate = await openCertificate({
    files: { listener: 'api', certFile, keyFile },
    sleep(_, signal) {
      signal?.addEventListener('abort', () => begin.resolve());
      waiting.resolve();
      return begin.promise;
    },
    clock: () => {
      nowMs += 1000;
      return nowMs;
    },
    meter: { add: (increments) => void counted.push(...increments.filter(({ delta }) => delta !== 0)) },
    logger,
  });
  context.after(() => certificate.close());
  /** Makes it check the files so many times. */
  async function look(times = 1): Promise<void> {
    for (let each = 0; each < times; each += 1) {
      const { resolve } = begin;
      begin = Promise.withResolvers();
      waiting = Promise.withResolvers();
      resolve();
      await waiting.promise;
    }
  }
  return { certificate, told: () => messagesOf(lines), counted, look };
}

test('a renewed certificate is used, logged and shown', async (context) => {
  const files = makeCertificateFiles(context);
  const { certificate, told, counted, look } = await openWatched(context, files);
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
  await look(2);
  assert.deepEqual(used, [NEXT_CERTIFICATE]);
  assert.equal(certificate.current().cert, NEXT_CERTIFICATE);
  assert.equal(certificate.readings()[0]?.value, Date.UTC(2127, 1, 9, 0, 25, 35) / 1000);
  assert.equal(certificate.readings()[1]?.value, 3);
  assert.deepEqual(
    counted.map(({ labels }) => labels),
    [['api', 'renewed']],
  );
  assert.deepEqual(told(), ['Certificate renewed']);
});

test('swapped symlinks, as Kubernetes and certbot use them, are followed', async (context) => {
  const { folder, write } = makeCertificateFiles(context);
  write(CERTIFICATE, KEY);
  mkdirSync(join(folder, 'next'));
  writeFileSync(join(folder, 'next/cert.pem'), NEXT_CERTIFICATE);
  writeFileSync(join(folder, 'next/key.pem'), NEXT_KEY);
  const link = join(folder, '..data');
  symlinkSync(folder, link);
  const { certificate, look } = await openWatched(context, {
    certFile: join(link, 'cert.pem'),
    keyFile: join(link, 'key.pem'),
  });
  symlinkSync(join(folder, 'next'), `${link}.new`);
  renameSync(`${link}.new`, link);
  await look(2);
  assert.equal(certificate.current().cert, NEXT_CERTIFICATE);
});

test('an invalid pair leaves the old one in use, and is logged once', async (context) => {
  const files = makeCertificateFiles(context);
  const { certificate, told, counted, look } = await openWatched(context, files);
  files.write(NEXT_CERTIFICATE, KEY);
  await look(5);
  assert.equal(certificate.current().cert, CERTIFICATE);
  assert.deepEqual(told(), ['New certificate rejected; keeping the old one']);
  assert.deepEqual(
    counted.map(({ labels }) => labels),
    [['api', 'failed']],
  );
  rmSync(files.keyFile);
  await look(5);
  assert.equal(told().length, 2);
  files.write(NEXT_CERTIFICATE, NEXT_KEY);
  await look(2);
  assert.equal(certificate.current().cert, NEXT_CERTIFICATE);
});

test('a pair is not judged while one of its files is still the old one', async (context) => {
  const files = makeCertificateFiles(context);
  const { certificate, told, look } = await openWatched(context, files);
  files.write(NEXT_CERTIFICATE, KEY);
  await look();
  files.write(NEXT_CERTIFICATE, NEXT_KEY);
  await look();
  assert.deepEqual(told(), []);
  await look();
  assert.equal(certificate.current().cert, NEXT_CERTIFICATE);
  assert.deepEqual(told(), ['Certificate renewed']);
});

test('restoring the old pair after an invalid one is neither a renewal nor an error', async (context) => {
  const files = makeCertificateFiles(context);
  const { certificate, told, look } = await openWatched(context, files);
  files.write('', '');
  await look(2);
  files.write(CERTIFICATE, KEY);
  await look(2);
  assert.equal(certificate.current().cert, CERTIFICATE);
  assert.equal(told().filter((message) => message.includes('rejected')).length, 1);
});

test('an invalid pair is refused at the start', async (context) => {
  const files = makeCertificateFiles(context);
  files.write(CERTIFICATE, NEXT_KEY);
  await assert.rejects(openWatched(context, files), { code: 'config_invalid' });
});
