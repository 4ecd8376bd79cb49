import assert from 'node:assert/strict';
import dns, { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import { connect, Server as NetServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { listenByName } from './listen-by-name.ts';

test('localhost is all addresses of that name, and one server', async () => {
  const server = createServer((_, response) => response.end('here'));
  const { addresses, close } = await listenByName(server, { host: 'localhost', port: 0 });
  const bound = addresses.map(({ host }) => host);
  const names = (await lookup('localhost', { all: true })).map(({ address }) => address);
  assert.ok(bound.every((host) => names.includes(host)));
  assert.equal(new Set(addresses.map(({ port }) => port)).size, 1);
  for (const { host, port } of addresses) {
    const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}/`;
    assert.equal(await (await fetch(url, { headers: { Connection: 'close' } })).text(), 'here');
  }
  await close();
  for (const { host, port } of addresses)
    await assert.rejects(fetch(`http://${host.includes(':') ? `[${host}]` : host}:${port}/`));
});

test('another name is bound as it is', async () => {
  const { addresses, close } = await listenByName(createServer(), { host: '127.0.0.1', port: 0 });
  assert.deepEqual(
    addresses.map(({ host }) => host),
    ['127.0.0.1'],
  );
  await assert.rejects(listenByName(createServer(), addresses[0]), { code: 'listen_failed' });
  await close();
});

/** A machine on which `localhost` is two addresses. What listens is in `servers`. */
function openTwo(context: TestContext, server = createServer()) {
  const listening = context.mock.method(NetServer.prototype, 'listen');
  const lookups = context.mock.method(dns, 'lookup', async () => {
    assert.ok(!server.listening, 'nobody is answered before all are bound');
    return [{ address: '127.0.0.1' }, { address: '127.0.0.2' }];
  });
  syncBuiltinESMExports();
  context.after(() => {
    lookups.mock.restore();
    syncBuiltinESMExports();
  });
  const servers = () => listening.mock.calls.map((call) => call.this as NetServer);
  return { server, servers };
}

const IS_LINUX = process.platform === 'linux';

test('the other address has the limit of the server, and its errors', {
  skip: !IS_LINUX,
}, async (context) => {
  const { server, servers } = openTwo(context);
  server.maxConnections = 1;
  const failed: unknown[] = [];
  server.on('error', (error) => failed.push(error));
  const { addresses, close } = await listenByName(server, { host: 'localhost', port: 0 });
  assert.equal(addresses.length, 2);
  const error = new Error('accept EMFILE');
  servers().at(-1)?.emit('error', error);
  assert.deepEqual(failed, [error]);
  for (const { host, port } of addresses) {
    const open = connect(port, host);
    await once(open, 'connect');
    await once(connect(port, host), 'close');
    open.destroy();
  }
  await close();
});
