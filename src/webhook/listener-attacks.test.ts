import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { openFixture, openRaw, rawHead, send, sign, until } from '../../test/fixtures/webhook-listener.ts';
import { actionOf, trimPayload } from '../github/trim-payload.ts';

/*
 * Requests beyond GitHub's use of HTTP, and payloads made to do harm. docs/http-api.md has the
 * same table.
 */

const BODY = '{"action":"queued"}';
const LENGTH = `Content-Length: ${BODY.length}`;
const CLOSE = 'Connection: close';
const CHUNKED = 'Transfer-Encoding: chunked';
const UNSIGNED = rawHead(BODY, CHUNKED, 'Trailer: X-Hub-Signature-256', CLOSE).replace(/^X-Hub.*\r\n/m, '');
const CHUNK = `${BODY.length.toString(16)}\r\n${BODY}\r\n`;
const MANY = Array.from({ length: 120 }, (_, index) => `X-${index}: 1`);
const TIMES = { headerTimeoutMs: 150, bodyTimeoutMs: 300, idleTimeoutMs: 200 };

/** [what, bytes, status, reason]; a status of 0: closed without an answer. */
const ATTACKS: readonly [string, string | Buffer, number, string][] = [
  ['too many headers', rawHead(BODY, LENGTH, ...MANY) + BODY, 431, 'too_many_headers'],
  ['a path without end', `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431, 'headers_too_large'],
  [
    'a trailer without end',
    `${rawHead(BODY, CHUNKED)}${CHUNK}0\r\nX-T: ${'x'.repeat(20_000)}`,
    431,
    'headers_too_large',
  ],
  ['empty lines without end', '\r\n'.repeat(100_000), 408, 'timeout'],
  [
    'a chunk extension without end',
    `${rawHead(BODY, CHUNKED)}5;${'x'.repeat(20_000)}`,
    400,
    'malformed_request',
  ],
  ['a chunk without end', `${rawHead(BODY, CHUNKED)}ffffffffffffffff\r\n`, 408, 'timeout'],
  [
    'a signature in the trailer',
    `${UNSIGNED}${CHUNK}0\r\nX-Hub-Signature-256: ${sign(BODY)}\r\n\r\n`,
    401,
    'missing_signature',
  ],
  [
    'two signatures',
    rawHead(BODY, LENGTH, CLOSE, `X-Hub-Signature-256: ${sign(BODY)}`) + BODY,
    401,
    'wrong_signature',
  ],
  [
    'a compressed transfer',
    `${rawHead(BODY, 'Transfer-Encoding: gzip, chunked', CLOSE)}0\r\n\r\n`,
    415,
    'transfer_encoding',
  ],
  ['chunks within an encoding', rawHead(BODY, 'Transfer-Encoding: chunked, gzip'), 400, 'malformed_request'],
  ['a length and chunks', `${rawHead(BODY, LENGTH, CHUNKED)}0\r\n\r\n`, 400, 'malformed_request'],
  [
    'a length beyond all numbers',
    rawHead(BODY, `Content-Length: ${'9'.repeat(30)}`),
    400,
    'malformed_request',
  ],
  ['a negative length', rawHead(BODY, 'Content-Length: -1'), 400, 'malformed_request'],
  ['a zero byte in a header', 'GET /livez HTTP/1.1\r\nHost: x\0\r\n\r\n', 400, 'malformed_request'],
  ['a folded header', 'GET /livez HTTP/1.1\r\nHost: x\r\nX-A: a\r\n b\r\n\r\n', 400, 'malformed_request'],
  ['bare line feeds', 'GET /livez HTTP/1.1\nHost: x\n\n', 400, 'malformed_request'],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400, 'malformed_request'],
  ['TLS', Buffer.from([22, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]), 400, 'malformed_request'],
  ['an unknown method', 'FROB /webhook HTTP/1.1\r\nHost: x\r\n\r\n', 400, 'malformed_request'],
  ['TRACE', `TRACE /webhook HTTP/1.1\r\nHost: x\r\n${CLOSE}\r\n\r\n`, 405, 'method_not_allowed'],
  [
    'a request to a proxy',
    `GET http://x/elsewhere HTTP/1.1\r\nHost: x\r\n${CLOSE}\r\n\r\n`,
    404,
    'not_found',
  ],
  ['a tunnel', 'CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n', 0, ''],
];

for (const [what, bytes, status, reason] of ATTACKS) {
  test(`${what} is answered ${status === 0 ? 'by closing' : status}, and the next delivery is accepted`, async (context) => {
    const { port, counts, accepted } = await openFixture(context, TIMES);
    const { socket, ended } = openRaw(port);
    socket.write(bytes);
    const statuses = Array.from((await ended).matchAll(/HTTP\/1\.1 (\d+)/g), ([, each]) => Number(each));
    assert.deepEqual(statuses, status === 0 ? [] : [status]);
    assert.equal(counts()[`rejections_total{${reason}}`], status === 0 ? undefined : 1);
    assert.equal(accepted.length, 0);
    assert.equal((await send(port)).status, 202);
  });
}

test('a compressed body is answered 415 without being decompressed', async (context) => {
  const { port } = await openFixture(context);
  const body = gzipSync(Buffer.alloc(10_000_000, ' '));
  for (const encoding of ['gzip', 'GZIP', 'br', 'identity, gzip']) {
    const { status } = await send(port, { body, headers: { ...signed(body), 'Content-Encoding': encoding } });
    assert.equal(status, 415, encoding);
  }
  assert.equal(
    (await send(port, { headers: { ...signed(BODY), 'Content-Encoding': 'identity' } })).status,
    202,
  );
});

function signed(body: string | Buffer): Record<string, string> {
  return { 'Content-Type': 'application/json', 'X-Hub-Signature-256': sign(body) };
}

test('a client that does not read answers is cut off', async (context) => {
  const { port, listener, counts } = await openFixture(context, { writeTimeoutMs: 200 });
  const socket = connect(port, '127.0.0.1');
  socket.pause();
  socket.on('error', () => {});
  const requests = 'GET /livez HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(1000);
  const write = () => {
    while (socket.write(requests));
    socket.once('drain', write);
  };
  write();
  await until(() => listener.readings()[0]?.value === 1);
  await until(() => listener.readings()[0]?.value === 0);
  assert.equal(counts()['unread_responses_total{webhook,stalled}'], 1);
  socket.destroy();
});

const DEPTH = 100_000;
const deep = '['.repeat(DEPTH) + ']'.repeat(DEPTH);
const keys = Array.from({ length: 200_000 }, (_, index) => `"k${index}":0`).join();

/** Payloads from somebody who knows the secret: [what, body, what is kept of it]. */
const PAYLOADS: readonly [string, string, unknown][] = [
  [
    'nested a hundred thousand times, where nothing is read',
    `{"action":"queued","x":${deep}}`,
    { action: 'queued' },
  ],
  ['with two hundred thousand keys', `{${keys},"action":"queued"}`, { action: 'queued' }],
  ['with the same key twice', '{"action":"queued","action":"completed"}', { action: 'completed' }],
  [
    'with keys of prototypes',
    '{"__proto__":{"action":"queued","admin":1},"constructor":{"prototype":{"admin":1}},"workflow_job":{"__proto__":{"id":5},"name":"x"}}',
    { workflow_job: { name: 'x' } },
  ],
];

for (const [what, body, kept] of PAYLOADS) {
  test(`a signed payload ${what} is accepted, and does no harm`, async (context) => {
    const { port, accepted } = await openFixture(context, {
      bodyLimitBytes: 25 * 1024 ** 2,
      read: (event, payload) => ({ action: actionOf(payload), payload: trimPayload(event, payload) }),
    });
    assert.equal((await send(port, { body })).status, 202);
    assert.deepEqual(JSON.parse(accepted[0]?.payload ?? ''), kept);
    assert.equal(({} as Record<string, unknown>)['admin'], undefined);
  });
}

test('a signed payload nested a hundred thousand times in a part that is read is answered', async (context) => {
  const { port } = await openFixture(context, {
    bodyLimitBytes: 25 * 1024 ** 2,
    read: (event, payload) => ({ action: actionOf(payload), payload: trimPayload(event, payload) }),
  });
  const body = `{"action":"queued","workflow_job":{"labels":${deep},"steps":${deep}}}`;
  assert.equal((await send(port, { body })).status, 202);
  assert.equal((await send(port)).status, 202);
});
