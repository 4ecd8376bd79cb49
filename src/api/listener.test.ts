import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { ask, codeIn, openFixture } from '../../test/fixtures/api-listener.ts';
import { AntError } from '../domain/errors.ts';

test('probes are answered, also under their other names', async (context) => {
  let ok = true;
  const { url } = await openFixture(context, {
    ready: async () => (ok ? { ok } : { ok, reason: 'The store is gone.' }),
  });
  for (const path of ['/livez', '/readyz', '/-/healthy', '/-/ready']) {
    const answer = await ask(url + path);
    assert.deepEqual([answer.status, answer.text], [200, '{"status":"ok"}'], path);
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
    assert.equal((await ask(url + path, { method: 'HEAD' })).status, 200);
  }
  ok = false;
  for (const path of ['/readyz', '/-/ready']) {
    const answer = await ask(url + path);
    assert.deepEqual([answer.status, answer.code], [503, 'not_ready']);
    assert.match(answer.text, /The store is gone/);
  }
  assert.equal((await ask(`${url}/livez`)).status, 200);
});

test('readiness without an answer from the engine is a failure', async (context) => {
  const { url } = await openFixture(context, { ready: () => new Promise(() => {}) });
  assert.equal((await ask(`${url}/readyz`)).status, 503);
});

test('health shows what the engine reports, and fails when it does not answer', async (context) => {
  let fails = false;
  const health = {
    queue: { pending: 3, retrying: 0, parked: 0, oldestMs: null },
    parked: [],
    series: 5,
    sinks: [],
    isLogHeld: false,
    replicas: [],
    storeAheadMs: 0,
  };
  const { url } = await openFixture(context, {
    clock: () => 5000,
    lastAcceptedAtMs: () => 4000,
    engine: {
      async health() {
        if (fails) throw new AntError('store_unavailable', 'gone');
        return { ...health, lastProcessedAtMs: 2000 };
      },
    },
  });
  const answer = await ask(`${url}/health`);
  const summary = JSON.parse(answer.text);
  assert.deepEqual([answer.status, summary.status, summary.version], [200, 'ok', '1.2.3']);
  assert.deepEqual([summary.queue.pending, summary.series], [3, 5]);
  assert.equal(summary.last_delivery_accepted_at, '1970-01-01T00:00:04.000Z');
  fails = true;
  const failing = await ask(`${url}/health`);
  assert.deepEqual([failing.status, JSON.parse(failing.text).status], [503, 'failing']);
});

test('parked deliveries are listed and replayed', async (context) => {
  const { url, replays } = await openFixture(context);
  const parked = JSON.parse((await ask(`${url}/api/v1/parked`)).text);
  assert.deepEqual(
    [parked.total, parked.parked[0].guid, parked.parked[0].error],
    [1, 'a-guid', 'unreadable'],
  );
  const post = { method: 'POST', headers: { 'Content-Type': 'application/json' } };
  for (const body of ['', '{}', '{"guid":"a-guid"}', undefined]) {
    const answer = await ask(`${url}/api/v1/parked/replay`, body === undefined ? post : { ...post, body });
    assert.deepEqual([answer.status, answer.text], [200, `{"replayed":${replays.length}}`]);
  }
  assert.deepEqual(replays, [[], [], ['a-guid'], []]);
});

test('an unclear replay request replays nothing', async (context) => {
  const { url, replays } = await openFixture(context);
  const headers = { 'Content-Type': 'application/json' };
  for (const [body, status, code] of [
    ['{"giud":"a-guid"}', 400, 'bad_request'],
    ['{"guid":""}', 400, 'bad_request'],
    ['{"guid":7}', 400, 'bad_request'],
    ['{"guid":"a","all":true}', 400, 'bad_request'],
    ['[]', 400, 'bad_request'],
    ['"a-guid"', 400, 'bad_request'],
    ['{', 400, 'bad_request'],
    [JSON.stringify({ guid: 'x'.repeat(70_000) }), 413, 'body_too_large'],
  ] as const) {
    const answer = await ask(`${url}/api/v1/parked/replay`, { method: 'POST', headers, body });
    assert.deepEqual([answer.status, answer.code], [status, code], body.slice(0, 50));
  }
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
    const sending = { method: 'POST', headers: { 'Content-Type': type }, body: '{}' };
    const answer = await ask(`${url}/api/v1/parked/replay`, sending);
    assert.deepEqual([answer.status, answer.code], [415, 'content_type']);
  }
  assert.equal((await ask(`${url}/api/v1/parked/replay`, { method: 'POST' })).status, 415);
  assert.deepEqual(replays, []);
});

test('without tokens only this machine may change anything', async (context) => {
  const { url, replays } = await openFixture(context, { host: '0.0.0.0' });
  const post = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' };
  const answer = await ask(`${url}/api/v1/parked/replay`, post);
  assert.deepEqual([answer.status, answer.code, replays], [403, 'forbidden', []]);
  for (const path of ['/metrics', '/health', '/livez']) assert.equal((await ask(url + path)).status, 200);
});

test('with tokens everything except health needs one', async (context) => {
  const { url, replays, scrapes } = await openFixture(context, {
    host: '0.0.0.0',
    access: { tokens: ['one', 'two'] },
  });
  const post = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' };
  for (const [path, options] of [
    ['/', {}],
    ['/metrics', {}],
    ['/metrics', { method: 'HEAD' }],
    ['/metrics', { headers: { Authorization: 'Bearer three' } }],
    ['/api/v1/parked', {}],
    ['/api/v1/parked/replay', post],
    ['/nowhere', {}],
  ] as const) {
    const answer = await ask(url + path, options);
    assert.equal(answer.status, 401, path);
    assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer/);
  }
  assert.deepEqual([scrapes, replays], [[], []]);
  for (const token of ['one', 'two']) {
    const headers = { ...post.headers, Authorization: `Bearer ${token}` };
    for (const path of ['/', '/metrics', '/api/v1/parked']) {
      assert.equal((await ask(url + path, { headers })).status, 200);
    }
    assert.equal((await ask(`${url}/api/v1/parked/replay`, { ...post, headers })).status, 200);
    assert.equal((await ask(`${url}/nowhere`, { headers })).status, 404);
  }
  for (const path of ['/livez', '/readyz', '/health']) assert.equal((await ask(url + path)).status, 200);
  assert.doesNotMatch((await ask(`${url}/health`)).text, /a-guid/);
  const trusted = await ask(`${url}/health`, { headers: { Authorization: 'Bearer one' } });
  assert.match(trusted.text, /a-guid/);
});

test('an unknown path is an error in our format', async (context) => {
  const { url } = await openFixture(context);
  for (const [path, method, status, code] of [
    ['/nowhere', 'GET', 404, 'not_found'],
    ['/metrics', 'DELETE', 404, 'not_found'],
    ['/%zz', 'GET', 400, 'bad_request'],
  ] as const) {
    const answer = await ask(url + path, { method, headers: { 'Content-Type': 'application/json' } });
    assert.deepEqual([answer.status, answer.code], [status, code]);
  }
});

for (const [what, request, status, code] of [
  ['no HTTP', 'hello\r\n\r\n', 400, 'malformed_request'],
  [
    'large headers',
    `GET / HTTP/1.1\r\nHost: localhost\r\nA: ${'a'.repeat(20_000)}\r\n\r\n`,
    431,
    'headers_too_large',
  ],
] as const) {
  test(`${what} is an error in our format`, async (context) => {
    const { port } = await openFixture(context);
    const socket = connect(port, '127.0.0.1');
    socket.write(request);
    const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');
    assert.match(head, new RegExp(`^HTTP/1.1 ${status} `));
    assert.equal(codeIn(body), code);
  });
}

test('an expected error is answered with its code, a bug is only logged', async (context) => {
  let error: Error = new AntError('store_unavailable', 'The disk is full.');
  const { url, logged } = await openFixture(context, { engine: { health: () => Promise.reject(error) } });
  const expected = await ask(`${url}/api/v1/parked`);
  assert.deepEqual([expected.status, expected.code], [503, 'store_unavailable']);
  assert.match(expected.headers.get('retry-after') ?? '', /^\d+$/);
  assert.deepEqual(logged('error'), []);
  error = new TypeError('details of a bug');
  const fault = await ask(`${url}/api/v1/parked`);
  assert.deepEqual([fault.status, fault.code], [500, 'internal_error']);
  assert.doesNotMatch(fault.text, /details of a bug/);
  assert.deepEqual(logged('error'), ['API request failed']);
});

test('an address in use is an error', async (context) => {
  const { port } = await openFixture(context);
  await assert.rejects(openFixture(context, { port }), { code: 'listen_failed' });
});

test('on close, requests under way are answered and their connections end', async (context) => {
  const gate = Promise.withResolvers<void>();
  let under = 0;
  const { url, port, close } = await openFixture(context, {
    engine: {
      async scrape() {
        under += 1;
        await gate.promise;
        return new TextEncoder().encode('a 1\n');
      },
    },
  });
  const scrape = ask(`${url}/metrics`);
  const socket = connect(port, '127.0.0.1');
  const received = text(socket);
  socket.write('GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n');
  while (under < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  const closing = close();
  await assert.rejects(ask(`${url}/livez`));
  await new Promise((resolve) => setTimeout(resolve, 50));
  gate.resolve();
  assert.equal((await scrape).status, 200);
  await closing;
  assert.match(await received, /^HTTP\/1.1 200 [\s\S]*connection: close/i);
});

test("a client that stalls can't delay closing for long", async (context) => {
  const { port, close } = await openFixture(context);
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(
    'POST /api/v1/parked/replay HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n',
  );
  await new Promise((resolve) => setTimeout(resolve, 50));
  const beginMs = performance.now();
  await close();
  assert.ok(performance.now() - beginMs < 4000);
});
