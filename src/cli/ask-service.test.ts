import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { test } from 'node:test';
import { CERTIFICATE, KEY } from '../../test/fixtures/certificate.ts';
import { listen } from '../http/http-server.ts';
import { askService, serviceUrlOf } from './ask-service.ts';

const COMMAND = { path: '/x', token: undefined, command: 'explain' };

test("the service's address comes from the API settings in its environment", () => {
  assert.equal(serviceUrlOf({}), 'http://127.0.0.1:9876');
  assert.equal(serviceUrlOf({ ANT_WATCHER_API_PORT: '9000' }), 'http://127.0.0.1:9000');
});

test('an answer is printed, and a refusal is an error with advice', async () => {
  const server = createServer(({ method, url, headers }, response) => {
    response.writeHead(Number(url?.slice(1)));
    response.end(`${method} ${headers.authorization}`);
  });
  const { port } = await listen(server, { host: '127.0.0.1', port: 0 });
  const at = (status: number) => ({ ...COMMAND, url: `http://127.0.0.1:${port}`, path: `/${status}` });
  try {
    assert.equal(await askService(at(200)), 'GET undefined');
    assert.equal(await askService({ ...at(200), token: 'one', body: {} }), 'POST Bearer one');
    assert.equal(await askService({ ...at(200), token: '' }), 'GET undefined');
    for (const status of [401, 429]) {
      await assert.rejects(askService(at(status)), { hint: 'put a token into ANT_WATCHER_API_TOKEN' });
      await assert.rejects(askService({ ...at(status), token: 'one' }), {
        hint: /not one of the api\.tokens/,
      });
    }
    await assert.rejects(askService(at(404)), { hint: /does --url name the API/ });
    await assert.rejects(askService(at(500)), { hint: 'ant-watcher help explain' });
    const unknown = { message: 'nothing is known', hint: 'look' };
    await assert.rejects(askService({ ...at(404), unknown }), unknown);
  } finally {
    server.close();
  }
});

test('an error of the service is one sentence with advice for its code; a wrong question is a usage error', async () => {
  const server = createServer(({ url }, response) => {
    const code = url === '/400' ? 'bad_request' : 'under_way';
    response.writeHead(Number(url?.slice(1)));
    response.end(JSON.stringify({ error: { code, message: 'It is so.' } }));
  });
  const { port } = await listen(server, { host: '127.0.0.1', port: 0 });
  const at = (path: string) => askService({ ...COMMAND, url: `http://127.0.0.1:${port}/`, path });
  try {
    await assert.rejects(at('/400'), {
      ...{ code: 'usage', message: 'The service answered 400 (bad_request): It is so.' },
      hint: 'ant-watcher help explain',
    });
    await assert.rejects(at('/409'), {
      ...{ code: 'command_failed', message: 'The service answered 409 (under_way): It is so.' },
      hint: /^Wait for its end/,
    });
  } finally {
    server.close();
  }
});

test('an invalid request or address is refused before anything is sent', async () => {
  for (const url of ['localhost', 'ftp://127.0.0.1', ''])
    await assert.rejects(askService({ ...COMMAND, url }), {
      message: `"${url}" is no http:// or https:// address`,
    });
  for (const token of ['two words', 'line\n', 'é'])
    await assert.rejects(askService({ ...COMMAND, url: 'http://127.0.0.1:1', token }), { code: 'usage' });
});

test('plain HTTP to a TLS port, and the other way round, is explained', async () => {
  const secure = createSecureServer({ cert: CERTIFICATE, key: KEY });
  const plain = createServer((_, response) => response.end());
  const { port } = await listen(secure, { host: '127.0.0.1', port: 0 });
  const { port: other } = await listen(plain, { host: '127.0.0.1', port: 0 });
  try {
    const asPlain = askService({ ...COMMAND, url: `http://127.0.0.1:${port}` });
    await assert.rejects(asPlain, { hint: /name it with https:/ });
    await assert.rejects(askService({ ...COMMAND, url: `https://127.0.0.1:${other}` }), {
      hint: /name it with http:/,
    });
  } finally {
    secure.close();
    plain.close();
  }
});

test('a closed port and an invalid address are explained', async () => {
  const nobody = { code: 'command_failed', message: 'No answer from http://127.0.0.1:1 (ECONNREFUSED)' };
  await assert.rejects(askService({ ...COMMAND, url: 'http://127.0.0.1:1' }), nobody);
  await assert.rejects(askService({ ...COMMAND, url: 'localhost' }), { code: 'usage' });
});

test('an untrusted certificate is distinguished from an unreachable service', async () => {
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
