import assert from 'node:assert/strict';
import { lookup } from 'node:dns/promises';
import { createServer } from 'node:http';
import { test } from 'node:test';
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
