import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { startReplying } from '../../../test/fixtures/push-server.ts';
import { freePort } from '../../../test/free-port.ts';
import { apiUrlOf, healthFlags, runHealth } from './health-command.ts';

async function ask(url: string, withinMs?: number) {
  const stdout = new PassThrough({ encoding: 'utf8' });
  const code = await runHealth(url, stdout, withinMs);
  return { code, line: stdout.read() as string };
}

test('a service that answers ok is healthy, also behind TLS with its own certificate', async () => {
  for (const tls of [false, true]) {
    await using server = await startReplying([{ status: 200, body: '{"status":"ok"}' }], { tls });
    const url = `${tls ? 'https' : 'http'}://localhost:${server.port}/readyz`;
    assert.deepEqual(await ask(url), { code: 0, line: `ok: ${url}\n` });
  }
});

/** What somebody answers, and what is printed of it. */
const BAD = [
  [
    503,
    '{"error":{"code":"not_ready","message":"The database can\'t be written."}}',
    "503: The database can't be written.",
  ],
  [200, '<h1>Another\u001b[2J\nprogram</h1>', '200: <h1>Another [2J program</h1>'],
  [404, '{"error":{"code":"not_found"}}', '404: undefined'],
  [302, '', '302: '],
] as const;

test('any other answer is not, and its message is printed in one line', async () => {
  for (const [status, body, shown] of BAD) {
    await using server = await startReplying([{ status, body }]);
    const url = `http://127.0.0.1:${server.port}/readyz`;
    assert.deepEqual(await ask(url), { code: 1, line: `not ok: ${url} answered ${shown}\n` });
  }
});

test('no answer is not healthy either: nobody listens, or it takes too long', async () => {
  const url = `http://127.0.0.1:${await freePort()}/livez`;
  assert.deepEqual(await ask(url), { code: 1, line: `not ok: no answer from ${url} (ECONNREFUSED)\n` });
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { code, line } = await ask(`http://127.0.0.1:${(silent.address() as AddressInfo).port}/livez`, 50);
  silent.close();
  assert.deepEqual([code, line.includes('(it takes too long)')], [1, true], line);
});

test('the address comes from --url or the settings', () => {
  assert.deepEqual(healthFlags(['--url', 'https://ants.example/base/', '--live']), {
    path: '/livez',
    url: 'https://ants.example/base',
    rest: [],
  });
  assert.deepEqual(healthFlags(['--api.port', '1']), {
    path: '/readyz',
    url: undefined,
    rest: ['--api.port', '1'],
  });
  const tlsCertFile = '/etc/cert.pem';
  assert.equal(apiUrlOf({ host: '::', port: 9876, tlsCertFile }), 'https://[::1]:9876');
  assert.equal(apiUrlOf({ host: '0.0.0.0', port: 80, tlsCertFile: '' }), 'http://127.0.0.1:80');
});

test('what names no address is a usage fault', () => {
  for (const args of [
    ['--url'],
    ['--url', 'ants'],
    ['--url=http://user:word@ants'],
    ['--url=http://a', '--api.port=1'],
  ])
    assert.throws(() => healthFlags(args), { code: 'usage' }, args.join(' '));
  assert.throws(() => apiUrlOf({ host: '::', port: 0, tlsCertFile: '' }), { code: 'usage' });
});
