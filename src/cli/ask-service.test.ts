import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { test } from 'node:test';
import { CERTIFICATE, KEY } from '../../test/fixtures/certificate.ts';
import { listen } from '../http/listen.ts';
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
  const nobody = { code: 'command_failed', message: 'Nobody answers at http://127.0.0.1:1 (ECONNREFUSED)' };
  await assert.rejects(askService({ ...COMMAND, url: 'http://127.0.0.1:1/x' }), nobody);
  await assert.rejects(askService({ ...COMMAND, url: 'localhost' }), { code: 'usage' });
});

test('a certificate that is not trusted is told from nobody at all', async () => {
  const server = createSecureServer({ cert: CERTIFICATE, key: KEY });
  const { port } = await listen(server, { host: '127.0.0.1', port: 0 });
  try {
    const message =
      /^The certificate of https:\/\/127\.0\.0\.1:\d+ is not trusted \(DEPTH_ZERO_SELF_SIGNED_CERT\)$/;
    const asked = askService({ ...COMMAND, url: `https://127.0.0.1:${port}/` });
    await assert.rejects(asked, { message, hint: /NODE_EXTRA_CA_CERTS/ });
  } finally {
    server.close();
  }
});
