import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { until } from '../../../test/fixtures/webhook-listener.ts';
import { type Answer, jsonAnswer } from './answer.ts';
import { readBody, withJson } from './request-body.ts';
import { type ApiRequest, RouteTable } from './route-table.ts';
import { serve } from './serve.ts';

/** A server of which each answer has the header `A-Header`, and each error is 500 with the message. */
async function open(context: TestContext, routes: Readonly<Record<string, Parameters<typeof serveOne>[1]>>) {
  const table = new RouteTable(() => ({ status: 404 }));
  const thrown: unknown[] = [];
  for (const [path, handle] of Object.entries(routes)) serveOne(table, handle, path);
  let isClosing = false;
  const answer = serve({
    table,
    answerTo(error) {
      thrown.push(error);
      return { ...jsonAnswer(String(error)), status: 500 };
    },
    headers: { 'A-Header': 'ours' },
    isClosing: () => isClosing,
    untraced: [],
  });
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const say = (request: string) => {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    socket.write(request);
    return socket;
  };
  return { say, thrown, port, close: () => (isClosing = true) };
}

function serveOne(
  table: RouteTable,
  handle: (request: ApiRequest) => Answer | null | Promise<Answer | null>,
  path: string,
): void {
  table.behind().get(path, handle);
  table.behind().post(path, handle);
}

const LAST = 'Host: a\r\nConnection: close\r\n\r\n';

test('whatever a handler does, there is one answer', async (context) => {
  const { say, thrown } = await open(context, {
    '/throws': () => {
      throw new Error('at once');
    },
    '/rejects': () => Promise.reject(new Error('later')),
    '/impossible': () => ({ status: 200, headers: { 'A-Header': 'a\nb' }, body: '' }),
    '/begun': ({ response }) => {
      response.writeHead(200, { 'Content-Length': 5 }).write('he');
      throw new Error('too late');
    },
    '/broken-stream': () => ({
      status: 200,
      body: new Readable({
        read() {
          this.destroy(new Error('no more'));
        },
      }),
    }),
    '/stream': () => ({ status: 200, headers: { 'Content-Length': 3 }, body: Readable.from(['a', 'bc']) }),
    '/itself': ({ response }) => {
      response.end('itself');
      return null;
    },
  });
  const ask = (path: string) => text(say(`GET ${path} HTTP/1.1\r\n${LAST}`)).catch(() => 'cut off');
  assert.match(await ask('/throws'), /^HTTP\/1.1 500 [\s\S]*A-Header: ours[\s\S]*"Error: at once"$/);
  assert.match(await ask('/rejects'), /^HTTP\/1.1 500 [\s\S]*"Error: later"$/);
  assert.match(await ask('/impossible'), /^HTTP\/1.1 500 [\s\S]*A-Header: ours/);
  assert.equal(thrown.length, 3);
  assert.doesNotMatch(await ask('/begun'), /500|too late/);
  await ask('/broken-stream');
  assert.match(await ask('/stream'), /Content-Length: 3[\s\S]*\r\n\r\nabc$/);
  assert.match(await ask('/itself'), /\r\n\r\n6\r\nitself\r\n0\r\n\r\n$|itself$/);
  assert.match(await ask('/nowhere'), /^HTTP\/1.1 404 /);
});

test('answers on one connection come in order, the last one says so, and HEAD has no body', async (context) => {
  const gate = Promise.withResolvers<void>();
  const { say, close } = await open(context, {
    '/slow': async () => {
      await gate.promise;
      return jsonAnswer('slow');
    },
    '/fast': () => jsonAnswer('fast'),
  });
  let said = '';
  const socket = say('GET /slow HTTP/1.1\r\nHost: a\r\n\r\nHEAD /fast HTTP/1.1\r\nHost: a\r\n\r\n');
  socket.setEncoding('utf8').on('data', (part) => {
    said += part;
  });
  await nextTurn();
  gate.resolve();
  await until(
    () => said.includes('Content-Length: 6\r\n', said.indexOf('"slow"')) && said.endsWith('\r\n\r\n'),
  );
  close();
  socket.write('GET /fast HTTP/1.1\r\nHost: a\r\n\r\n');
  await once(socket, 'end');
  const [, slow, head, last] = said.split('HTTP/1.1 200 OK\r\n');
  assert.match(slow ?? '', /\r\n\r\n"slow"$/);
  assert.match(head ?? '', /\r\n\r\n$/);
  assert.doesNotMatch(head ?? '', /Connection: close/);
  assert.match(last ?? '', /Connection: close[\s\S]*\r\n\r\n"fast"$/);
});

test('bodies are read within their limit, however they come, and not at all by others', async (context) => {
  const { say } = await open(context, {
    '/read': async (request) => jsonAnswer((await readBody(request, 10)).toString()),
    '/json': withJson((body) => jsonAnswer([body === undefined ? 'nothing' : body])),
    '/ignore': () => jsonAnswer('ignored'),
  });
  const post = (path: string, body: string, head = `Content-Length: ${body.length}`) =>
    text(say(`POST ${path} HTTP/1.1\r\n${head}\r\n${LAST}${body}`)).catch(() => 'cut off');
  const chunked = 'Transfer-Encoding: chunked';
  assert.match(await post('/read', '0123456789'), /"0123456789"$/);
  assert.match(await post('/read', '5\r\n01234\r\n5\r\n56789\r\n0\r\n\r\n', chunked), /"0123456789"$/);
  assert.match(await post('/read', '', 'Accept: */*'), /""$/);
  for (const [body, head] of [
    ['01234567890', undefined],
    ['b\r\n01234567890\r\n', chunked],
    ['0123456789', 'Content-Length: 11'],
    ['', 'Content-Length: 9999999999'],
  ] as const)
    assert.match(await post('/read', body, head), /ClientMistake|The body must have 10 bytes|^cut off$/);
  for (const [body, said] of [
    ['', '["nothing"]'],
    ['null', '[null]'],
    ['{"__proto__":1}', '[{"__proto__":1}]'],
  ] as const)
    assert.ok((await post('/json', body)).endsWith(said), body);
  assert.match(await post('/json', '{'), /The body is not JSON/);
  assert.match(await post('/ignore', '{'), /"ignored"$/);
});

test('who sends too large a body sees why, and may go on', async (context) => {
  const { say } = await open(context, {
    '/read': async (request) => jsonAnswer((await readBody(request, 10)).toString()),
  });
  // More than the system keeps for a reader that does not read.
  const size = 32 * 1024 * 1024;
  for (const [head, before, after] of [
    [`Content-Length: ${size}`, '', ''],
    ['Transfer-Encoding: chunked', `${size.toString(16)}\r\n`, '\r\n0\r\n\r\n'],
  ]) {
    const socket = say(`POST /read HTTP/1.1\r\nHost: a\r\n${head}\r\n\r\n${before}`);
    socket.write(Buffer.alloc(size));
    socket.write(`${after}GET /nowhere HTTP/1.1\r\n${LAST}`);
    assert.match(
      await text(socket),
      /^HTTP\/1.1 500 [\s\S]*The body must have 10 bytes[\s\S]*HTTP\/1.1 404 /,
    );
  }
});

test('a client that leaves before its answer leaves nothing behind', async (context) => {
  const gate = Promise.withResolvers<void>();
  let isAnswered = false;
  const { say, thrown } = await open(context, {
    '/slow': async () => {
      await gate.promise;
      isAnswered = true;
      return jsonAnswer('too late');
    },
    '/read': async (request) => jsonAnswer((await readBody(request, 100)).toString()),
  });
  const asking = say('GET /slow HTTP/1.1\r\nHost: a\r\n\r\n');
  const sending = say('POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\nonly');
  await once(sending, 'connect');
  await nextTurn();
  asking.destroy();
  sending.destroy();
  gate.resolve();
  await until(() => isAnswered);
  await until(() => thrown.length === 1);
  assert.match(String(thrown[0]), /not complete/);
});
