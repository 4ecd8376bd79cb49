import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { DIRECT } from '../../outbound/network.ts';
import { fetchCreatedApp } from './created-app.ts';

test('an answer of another form is refused, and no secret in it is shown', async () => {
  const body = JSON.stringify({ client_secret: 'not-for-the-terminal', webhook_secret: 'nor-this', id: 'x' });
  const server = createServer((_, response) => response.writeHead(201).end(body)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v3`;
    const fetched = fetchCreatedApp('c'.repeat(40), { apiUrl, network: DIRECT, version: '0.0.0' });
    await assert.rejects(fetched, (error: Error & { code: string }) => {
      assert.equal(error.code, 'command_failed');
      assert.doesNotMatch(error.message, /not-for-the-terminal|nor-this/);
      return /another form/.test(error.message);
    });
  } finally {
    server.close();
  }
});
