import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { listen } from '../middleware/listen.ts';
import { askService, serviceUrlOf } from './ask-service.ts';

const COMMAND = { token: undefined, command: 'explain' };

test('the service is looked for where its environment puts the API', () => {
  assert.equal(serviceUrlOf({}), 'http://127.0.0.1:9876');
  assert.equal(serviceUrlOf({ ANT_WATCHER_API_PORT: '9000' }), 'http://127.0.0.1:9000');
});

test('what the service answers is told, and what it refuses is an error with advice', async () => {
  const server = createServer(({ method, url, headers }, response) => {
    response.writeHead(Number(url?.slice(1)));
    response.end(`${method} ${headers.authorization}`);
  });
  const { port } = await listen(server, { host: '127.0.0.1', port: 0 });
  const at = (status: number) => ({ ...COMMAND, url: `http://127.0.0.1:${port}/${status}` });
  try {
    assert.equal(await askService(at(200)), 'GET undefined');
    assert.equal(await askService({ ...at(200), token: 'one', body: {} }), 'POST Bearer one');
    await assert.rejects(askService(at(401)), { hint: 'put a token into ANT_WATCHER_API_TOKEN' });
    await assert.rejects(askService(at(500)), { hint: 'ant-watcher help explain' });
    const unknown = { message: 'nothing is known', hint: 'look' };
    await assert.rejects(askService({ ...at(404), unknown }), unknown);
  } finally {
    server.close();
  }
});

test('where nobody answers, and what is no address, is said so', async () => {
  await assert.rejects(askService({ ...COMMAND, url: 'http://127.0.0.1:1/x' }), { code: 'command_failed' });
  await assert.rejects(askService({ ...COMMAND, url: 'localhost' }), { code: 'usage' });
});
