import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { test } from 'node:test';
import { Places } from './places.ts';

test('a place is freed when its response was read, or when the client left before it was taken', async (context) => {
  const server = createServer();
  context.after(() => server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const places = new Places(1);
  for (const leavesFirst of [false, true]) {
    const asked = once(server, 'request');
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    const [, response] = (await asked) as [unknown, ServerResponse];
    const closed = once(response, 'close');
    if (leavesFirst) {
      socket.destroy();
      await closed;
    }
    places.take(response);
    assert.ok(places.isFull);
    response.end('x');
    await closed;
    await new Promise(setImmediate);
    assert.ok(!places.isFull, `leavesFirst: ${leavesFirst}`);
    socket.destroy();
  }
});
