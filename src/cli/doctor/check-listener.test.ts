import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startReplying } from '../../../test/fixtures/push-server.ts';
import { freePort } from '../../../test/free-port.ts';
import { checkListener } from './check-listener.ts';

const ALIVE = { status: 200, body: '{"status":"ok"}' };

async function levelOf(port: number, host = '127.0.0.1', isSecure = false) {
  const [finding, ...more] = await checkListener({ name: 'api', host, port, isPublic: false, isSecure });
  assert.equal(more.length, 0);
  return finding?.level;
}

test('a free port passes, and is free again afterwards', async () => {
  const port = await freePort();
  assert.equal(await levelOf(port), 'ok');
  assert.equal(await levelOf(port), 'ok');
});

test('port 0 passes, but is a warning for the webhook listener, which GitHub has to find', async () => {
  assert.equal(await levelOf(0), 'ok');
  const [webhook] = await checkListener({
    name: 'webhook',
    host: '127.0.0.1',
    port: 0,
    isPublic: true,
    isSecure: false,
  });
  assert.equal(webhook?.level, 'warning');
});

test('a port held by ant-watcher passes while it accepts deliveries; another server there fails', async () => {
  for (const [replies, level] of [
    [[ALIVE], 'ok'],
    [[ALIVE, { status: 404 }], 'ok'],
    [[ALIVE, { status: 503, body: 'no room' }], 'failed'],
    [[{ status: 200, body: 'hello' }], 'failed'],
    [[{ status: 404 }], 'failed'],
  ] as const) {
    await using server = await startReplying(replies);
    assert.equal(await levelOf(server.port), level, JSON.stringify(replies));
  }
});

test('a TLS listener is asked over TLS, whatever name its certificate has', async () => {
  await using server = await startReplying([ALIVE], { tls: true });
  assert.equal(await levelOf(server.port, 'localhost', true), 'ok');
  assert.equal(await levelOf(server.port, '127.0.0.1', false), 'failed');
  await using plain = await startReplying([ALIVE]);
  assert.equal(await levelOf(plain.port, '127.0.0.1', true), 'failed');
});

test('the webhook listener is asked only for its liveness', async () => {
  await using server = await startReplying([ALIVE, { status: 503 }]);
  const options = { host: '127.0.0.1', port: server.port, isPublic: true, isSecure: false };
  assert.equal((await checkListener({ name: 'webhook', ...options }))[0]?.level, 'ok');
  assert.deepEqual(
    server.arrived.map(({ path }) => path),
    ['/livez'],
  );
});

test('an address that this machine does not have fails', async () => {
  assert.equal(await levelOf(await freePort(), '192.0.2.1'), 'failed');
});
