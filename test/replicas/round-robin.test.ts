import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { exchange } from './exchange.ts';
import { openRoundRobin } from './round-robin.ts';

/** A server that answers with its name. */
async function openServer(name: string) {
  const server = createServer((_, response) => response.end(name)).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  return { server, address: `127.0.0.1:${port}` };
}

test('each connection goes to the next, one that is gone is left out, and with nobody left it ends', async () => {
  const servers = await Promise.all(['a', 'b', 'c'].map(openServer));
  await using balanced = await openRoundRobin(() => servers.map(({ address }) => address));
  const ask = async () => (await exchange(`http://${balanced.address}/`))?.text ?? null;
  const askThrice = async () => [await ask(), await ask(), await ask()].sort();
  assert.deepEqual(await askThrice(), ['a', 'b', 'c']);
  const end = (index: number) => new Promise((resolve) => servers[index]?.server.close(resolve));
  await end(1);
  assert.deepEqual([...new Set(await askThrice())], ['a', 'c']);
  await Promise.all([end(0), end(2)]);
  assert.equal(await ask(), null);
});
