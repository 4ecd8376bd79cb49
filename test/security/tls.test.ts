import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type RequestOptions, request } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { connect as connectSecure, type SecureVersion, type TLSSocket } from 'node:tls';
import type { Address } from '../../src/http/http-server.ts';
import {
  CERTIFICATE,
  KEY,
  makeCertificateFiles,
  NEXT_CERTIFICATE,
  NEXT_KEY,
} from '../fixtures/certificate.ts';
import { startAntWatcher } from '../run-ant-watcher.ts';

const MESSAGE_OF_FAULT = 'New certificate rejected; keeping the old one';

function secureFiles(context: TestContext) {
  const files = makeCertificateFiles(context);
  const env: Record<string, string> = {
    ANT_WATCHER_WEBHOOK_SECRET: 'a-secret',
    ANT_WATCHER_WEBHOOK_HOST: '127.0.0.1',
    ANT_WATCHER_STORAGE_URL: `sqlite:${join(files.folder, 'state.db')}`,
  };
  // Old versions are refused by us, whatever Node.js would take.
  env['NODE_OPTIONS'] = '--tls-min-v1.0 --tls-cipher-list=DEFAULT@SECLEVEL=0';
  for (const listener of ['WEBHOOK', 'API']) {
    env[`ANT_WATCHER_${listener}_PORT`] = '0';
    env[`ANT_WATCHER_${listener}_TLS_CERT_FILE`] = files.certFile;
    env[`ANT_WATCHER_${listener}_TLS_KEY_FILE`] = files.keyFile;
  }
  return { files, env };
}

async function startSecure(context: TestContext, more: Readonly<Record<string, string>> = {}) {
  const { files, env } = secureFiles(context);
  const started = startAntWatcher([], { env: { ...env, ...more } });
  context.after(() => started[Symbol.dispose]());
  const { webhook, api } = (await started.logged('Ready')) as unknown as Record<'webhook' | 'api', Address>;
  return { files, env, started, ports: { webhook: webhook.port, api: api.port } };
}

function get(port: number, path: string, ca: string): Promise<string> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, ca, agent: false }, (answer) => resolve(text(answer)))
      .on('error', reject)
      .end();
  });
}

function statusOf(port: number, options: RequestOptions): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request({ ...options, host: '127.0.0.1', port, ca: CERTIFICATE, agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

async function versionAt(port: number, maxVersion: SecureVersion): Promise<string | null> {
  const options = { host: '127.0.0.1', port, ca: CERTIFICATE, minVersion: 'TLSv1' as const, maxVersion };
  const socket: TLSSocket = connectSecure({ ...options, ciphers: 'DEFAULT@SECLEVEL=0' });
  try {
    await once(socket, 'secureConnect');
    return socket.getProtocol();
  } catch {
    return null;
  } finally {
    socket.destroy();
  }
}

test('both listeners speak TLS 1.2 and newer, and nothing else', async (context) => {
  const { ports } = await startSecure(context);
  for (const port of Object.values(ports)) {
    assert.equal(await get(port, '/livez', CERTIFICATE), '{"status":"ok"}');
    assert.deepEqual(
      [await versionAt(port, 'TLSv1.3'), await versionAt(port, 'TLSv1.2'), await versionAt(port, 'TLSv1.1')],
      ['TLSv1.3', 'TLSv1.2', null],
    );
    const plain = connect(port, '127.0.0.1');
    plain.on('error', () => {});
    plain.write('GET /livez HTTP/1.1\r\nHost: x\r\n\r\n');
    assert.doesNotMatch(await text(plain).catch(() => ''), /"ok"/);
    assert.equal(await get(port, '/livez', CERTIFICATE), '{"status":"ok"}');
  }
});

test('a renewed certificate is used without a restart, and an invalid one is not', async (context) => {
  const { files, ports, started } = await startSecure(context);
  files.write(NEXT_CERTIFICATE, NEXT_KEY);
  await started.logged('Certificate renewed');
  for (const port of Object.values(ports)) {
    while ((await get(port, '/livez', NEXT_CERTIFICATE).catch(() => null)) === null) await pause(50);
    await assert.rejects(get(port, '/livez', CERTIFICATE));
  }
  files.write(NEXT_CERTIFICATE, KEY);
  await started.logged(MESSAGE_OF_FAULT);
  assert.equal(await get(ports.webhook, '/livez', NEXT_CERTIFICATE), '{"status":"ok"}');
  const metrics = await get(ports.api, '/metrics', NEXT_CERTIFICATE);
  assert.match(metrics, /ant_watcher_tls_reloads_total\{listener="webhook",outcome="renewed"\} 1\n/);
  assert.match(metrics, /ant_watcher_tls_certificate_expiry_timestamp_seconds\{listener="api"\} 4957/);
});

test('a wrong pair is found by serve, check-config and doctor, and named by its setting', async (context) => {
  const { files, env } = secureFiles(context);
  files.write(CERTIFICATE, NEXT_KEY);
  for (const [command, code] of [
    ['serve', 2],
    ['check-config', 2],
    ['doctor', 1],
  ] as const) {
    using started = startAntWatcher([command], { env });
    const ended = await started.ended();
    assert.equal(ended.code, code, command);
    assert.match(ended.stdout + ended.stderr, /webhook\.tls_key_file is not the key/, command);
  }
});

test('doctor finds the service behind TLS alive', async (context) => {
  const { env, ports } = await startSecure(context);
  const bound = {
    ...env,
    ANT_WATCHER_WEBHOOK_PORT: String(ports.webhook),
    ANT_WATCHER_API_PORT: String(ports.api),
  };
  using doctor = startAntWatcher(['doctor'], { env: bound });
  const { stdout, code } = await doctor.ended();
  assert.equal(stdout.match(/is held by an ant-watcher that lives/g)?.length, 2, stdout);
  assert.equal(stdout.match(/certificate.*good until 2126/g)?.length, 2, stdout);
  assert.equal(code, 0);
});

test('a client that connects and stays silent does not delay the stop', async (context) => {
  const { started, ports } = await startSecure(context, { ANT_WATCHER_SHUTDOWN_GRACE: '8s' });
  for (const port of Object.values(ports)) {
    const silent = connect(port, '127.0.0.1').on('error', () => {});
    context.after(() => silent.destroy());
    await once(silent, 'connect');
  }
  started.signal('SIGTERM');
  assert.equal((await started.ended()).code, 0);
});

test('with TLS, lists, trusted proxies and limits apply to the address that a request comes from', async (context) => {
  const { started, ports } = await startSecure(context, {
    ANT_WATCHER_WEBHOOK_ALLOWED_IPS: '127.0.0.5, 192.0.2.7',
    ANT_WATCHER_WEBHOOK_TRUSTED_PROXIES: '127.0.0.9',
    ANT_WATCHER_WEBHOOK_RATE_LIMIT_PER_ADDRESS: '1',
  });
  const statusFrom = (localAddress: string, headers = {}) =>
    statusOf(ports.webhook, { localAddress, headers, path: '/elsewhere' });
  assert.equal(await statusFrom('127.0.0.6'), 403);
  assert.equal(await statusFrom('127.0.0.6'), 429);
  assert.equal(await statusFrom('127.0.0.5'), 404);
  assert.equal(await statusFrom('127.0.0.9', { 'X-Forwarded-For': '192.0.2.7' }), 404);
  assert.equal(await statusFrom('127.0.0.9', { 'X-Forwarded-For': '192.0.2.7, 192.0.2.8' }), 403);
  assert.match(started.output(), /"peer":"127\.0\.0\.6"/);
});
