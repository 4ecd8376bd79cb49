import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { Agents } from './agents.ts';
import { exchange, type HttpFailure } from './exchange.ts';
import { explainFailure } from './explain-failure.ts';
import { DIRECT, type Network } from './network.ts';

const PASSWORD = 'hunter2-hunter2';
const BASE64 = Buffer.from(`bob:${PASSWORD}`).toString('base64');
const FAR_MS = 30_000;

/** A proxy with given answers to CONNECT and other requests; it records what it was sent. */
async function startProxy(answer: (asked: IncomingMessage, socket: Duplex) => void) {
  const asked: string[] = [];
  const take = (request: IncomingMessage, socket: Duplex) => {
    asked.push(`${request.method} ${request.url} ${request.headers['proxy-authorization'] ?? '-'}`);
    socket.on('error', () => {});
    answer(request, socket);
  };
  const server = createServer((request) => take(request, request.socket));
  server.on('connect', take);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    asked,
    url: `http://bob:${PASSWORD}@127.0.0.1:${port}`,
    [Symbol.dispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function through(proxy: string): Network {
  return { ...DIRECT, proxies: { http: proxy, https: proxy, except: [] } };
}

async function ask(
  url: string,
  network: Network,
  { timeoutMs = FAR_MS, closing }: { timeoutMs?: number; closing?: AbortSignal } = {},
) {
  using agents = new Agents(network, { timeoutMs });
  const options = { method: 'GET', headers: {}, agents, timeoutMs, maxBytes: 1000 } as const;
  return await exchange(new URL(url), closing === undefined ? options : { ...options, closing });
}

function failureOf(answer: Awaited<ReturnType<typeof exchange>>): HttpFailure {
  assert.ok('failure' in answer);
  assert.doesNotMatch(`${answer.reason} ${answer.hint}`, new RegExp(`${PASSWORD}|${BASE64}`));
  return answer;
}

const REFUSALS: readonly (readonly [answer: string, reason: RegExp, hint: RegExp])[] = [
  [
    'HTTP/1.1 407 No\r\nProxy-Authenticate: Basic\r\n\r\n',
    /rejects the user and password \(407\)/,
    /USER:PASSWORD@ in front/,
  ],
  ['HTTP/1.1 401 No\r\n\r\n', /rejects the user and password \(401\)/, /USER:PASSWORD@ in front/],
  [
    'HTTP/1.1 403 Forbidden\r\n\r\n',
    /refuses a tunnel to api\.github\.com \(403\)/,
    /allow the host and its port there/,
  ],
  ['HTTP/1.1 502 Bad Gateway\r\n\r\n', /does not reach api\.github\.com \(502\)/, /add it to NO_PROXY/],
  ['SOCKS\r\n\r\n', /gave no answer, or no HTTP answer/, /not of SOCKS/],
  ['', /gave no answer, or no HTTP answer/, /not of SOCKS/],
];

for (const [answer, reason, hint] of REFUSALS)
  test(`a proxy that answers ${JSON.stringify(answer.split('\r\n', 1)[0])} to CONNECT is explained`, async () => {
    using proxy = await startProxy((_, socket) => void socket.end(answer));
    const failure = failureOf(await ask('https://api.github.com/meta', through(proxy.url)));
    assert.equal(failure.failure, 'network');
    assert.match(failure.reason, reason);
    assert.match(failure.hint ?? '', hint);
    assert.deepEqual(proxy.asked, [`CONNECT api.github.com:443 Basic ${BASE64}`]);
  });

test("a 407 to a request without TLS is the proxy's, and its password is sent as a header", async () => {
  using proxy = await startProxy(
    (_, socket) => void socket.end('HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n'),
  );
  const failure = failureOf(await ask('http://vm.example/x?y=1', through(proxy.url)));
  assert.match(failure.reason, /rejects the user and password/);
  assert.deepEqual(proxy.asked, [`GET http://vm.example/x?y=1 Basic ${BASE64}`]);
  const { host } = new URL(proxy.url);
  assert.match(
    failureOf(await ask('http://vm.example/', through(`http://${host}`))).reason,
    /asks for a user/,
  );
});

test('a silent proxy times out, and is abandoned at once when everything ends', async () => {
  using proxy = await startProxy(() => {});
  assert.equal(
    failureOf(await ask('https://api.github.com', through(proxy.url), { timeoutMs: 50 })).failure,
    'timeout',
  );
  const closing = new AbortController();
  const asked = ask('https://api.github.com', through(proxy.url), {
    timeoutMs: 5000,
    closing: closing.signal,
  });
  setTimeout(() => closing.abort(), 20);
  assert.equal(failureOf(await asked).failure, 'closed');
});

test('an unreachable or unknown proxy is distinguished from the server', async () => {
  const absent = failureOf(await ask('https://api.github.com', through('http://127.0.0.1:1')));
  assert.match(absent.reason, /ECONNREFUSED 127\.0\.0\.1:1, through the proxy http:\/\/127\.0\.0\.1:1$/);
  assert.match(absent.hint ?? '', /is the proxy up/);
  const unknown = failureOf(await ask('https://api.github.com', through('http://proxy.invalid:3128')));
  assert.match(unknown.hint ?? '', /name of the proxy is unknown/);
  const server = failureOf(await ask('https://api.invalid', DIRECT));
  assert.match(server.hint ?? '', /set HTTPS_PROXY/);
});

test('a compressed answer is read, and one that would be too large is not', async () => {
  const bodies = [gzipSync('{"a":1}'), gzipSync(Buffer.alloc(100_000))];
  const server = createServer((request, response) => {
    assert.equal(request.headers['accept-encoding'], 'gzip');
    response.writeHead(200, { 'Content-Encoding': 'gzip', 'X-Two': ['1', '2'] }).end(bodies.shift());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const answer = await ask(url, DIRECT);
    assert.ok('status' in answer);
    assert.deepEqual([answer.body.toString(), answer.headers.get('x-two')], ['{"a":1}', '1, 2']);
    assert.equal(failureOf(await ask(url, DIRECT)).failure, 'too_large');
  } finally {
    server.close();
  }
});

test('a failure always has a reason', () => {
  const ofBoth = Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' });
  const url = new URL('http://localhost');
  assert.equal(explainFailure(ofBoth, { url, proxy: null, network: DIRECT }).message, 'ECONNREFUSED');
});
