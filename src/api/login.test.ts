import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { ask, openFixture } from '../../test/fixtures/api-listener.ts';
import { recordingLogger } from '../../test/fixtures/logger.ts';
import { countOf } from '../domain/metric.ts';
import { SELF } from '../domain/own-metrics.ts';
import { type AccessSettings, accessRules, createAccess } from './access.ts';
import { SECURITY_HEADERS } from './reply.ts';

const PATHS = { page: '/', metrics: '/metrics', read: '/api/v1/parked' } as const;
const NO_LOGIN = 'API reachable by others, and no login is set';
const POST = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' };

function bearer(token: string) {
  return { headers: { Authorization: `Bearer ${token}` } };
}

function basic(pair: string) {
  return { Authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

for (const area of ['page', 'metrics', 'read'] as const) {
  test(`with api.public=${area} it needs no login, and everything else does`, async (context) => {
    const { url } = await openFixture(context, { access: { tokens: ['one'], public: [area] } });
    for (const [each, path] of Object.entries(PATHS))
      assert.equal((await ask(url + path)).status, each === area ? 200 : 401, path);
    assert.equal((await ask(`${url}/api/v1/parked/replay`, POST)).status, 401);
    assert.equal((await ask(`${url}/nowhere`)).status, 401);
    assert.doesNotMatch((await ask(`${url}/health`)).text, /a-guid/);
  });
}

test('a user may read everything but change nothing', async (context) => {
  const { url, replays } = await openFixture(context, { access: { basicAuths: ['prometheus:pass'] } });
  for (const path of Object.values(PATHS)) {
    const refused = await ask(url + path);
    assert.equal(refused.status, 401);
    assert.match(refused.headers.get('www-authenticate') ?? '', /^Bearer .*, Basic realm=/);
    assert.equal((await ask(url + path, { headers: basic('prometheus:pass') })).status, 200, path);
    assert.equal((await ask(url + path, { headers: basic('prometheus:wrong') })).status, 401);
  }
  const headers = { ...POST.headers, ...basic('prometheus:pass') };
  const answer = await ask(`${url}/api/v1/parked/replay`, { ...POST, headers });
  assert.deepEqual([answer.status, answer.code, replays], [403, 'forbidden', []]);
});

test('a token is taken as the password of any user, for reading only', async (context) => {
  const { url, replays } = await openFixture(context, { access: { tokens: ['one'] }, host: '0.0.0.0' });
  for (const path of Object.values(PATHS)) {
    assert.match((await ask(url + path)).headers.get('www-authenticate') ?? '', /Basic realm="ant-watcher"/);
    for (const user of ['', 'ann'])
      assert.equal((await ask(url + path, { headers: basic(`${user}:one`) })).status, 200, path);
    assert.equal((await ask(url + path, { method: 'HEAD', headers: basic(':one') })).status, 200, path);
    assert.equal((await ask(url + path, { headers: basic('one:two') })).status, 401, path);
  }
  assert.match((await ask(`${url}/health`, { headers: basic(':one') })).text, /a-guid/);
  const change = { ...POST, headers: { ...POST.headers, ...basic(':one') } };
  for (const path of ['/api/v1/parked/replay', '/api/v1/backup', '/-/reload'])
    assert.equal((await ask(url + path, change)).code, 'forbidden', path);
  assert.deepEqual(replays, []);
});

test('where others can connect and no login is set, the page and the read API are closed', async (context) => {
  const { url, counted, logged } = await openFixture(context, { host: '0.0.0.0' });
  for (const path of ['/', '/api/v1/parked', '/api/v1/jobs']) {
    const refused = await ask(url + path);
    assert.deepEqual([refused.status, refused.code], [403, 'forbidden'], path);
    assert.match(refused.text, /ANT_WATCHER_API_TOKENS.*ANT_WATCHER_API_PUBLIC/);
    assert.equal(refused.headers.get('www-authenticate'), null, 'there is no password to ask for');
  }
  assert.deepEqual(counted, new Array(3).fill(countOf(SELF.apiRefusals, ['no_login_set'])));
  for (const path of ['/metrics', '/livez', '/readyz', '/health'])
    assert.equal((await ask(url + path)).status, 200, path);
  assert.equal((await ask(`${url}/metric`)).status, 404);
  assert.doesNotMatch((await ask(`${url}/health`)).text, /a-guid/);
  assert.deepEqual(logged('warn'), [NO_LOGIN, 'API request refused']);
});

test('somebody with a browser is told in plain words what to set', async (context) => {
  const headers = { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
  const closed = await openFixture(context, { host: '0.0.0.0' });
  const withLogin = await openFixture(context, { access: { tokens: ['one'] } });
  for (const [{ url }, status, words] of [
    [closed, 403, /<p>.*Set ANT_WATCHER_API_TOKENS/],
    [withLogin, 401, /<p>A login is needed/],
  ] as const) {
    const response = await fetch(`${url}/`, { headers });
    assert.equal(response.status, status);
    assert.match(response.headers.get('content-type') ?? '', /^text\/html/);
    assert.equal(response.headers.get('x-frame-options'), 'DENY');
    assert.match(await response.text(), words);
  }
  assert.deepEqual(withLogin.logged('warn'), [], 'a browser asks for a password only then');
});

test('where others can connect and no login is set, what is public is open', async (context) => {
  const { url } = await openFixture(context, { host: '0.0.0.0', access: { public: ['page', 'read'] } });
  for (const path of Object.values(PATHS)) assert.equal((await ask(url + path)).status, 200, path);
  assert.equal((await ask(`${url}/api/v1/parked/replay`, POST)).status, 403);
});

test('a withdrawn login is noticed by whatever asks again', async (context) => {
  const settings = { basicAuths: ['ann:pass'], public: [] };
  let rules = accessRules({ ...settings, tokens: ['one'] });
  const access = createAccess({
    rules: () => rules,
    isLoopbackOnly: () => false,
    steady: () => 0,
    meter: { add: () => {} },
    logger: recordingLogger().logger,
  });
  context.after(() => access.close());
  const headers = { authorization: basic('me:one').Authorization, host: 'ci.example' };
  const reading = { headers };
  for (const [next, mayRead] of [
    [rules, true],
    [accessRules({ ...settings, tokens: ['two'] }), false],
    [accessRules({ ...settings, tokens: ['two'], public: ['read'] }), true],
    [accessRules({ basicAuths: [], tokens: [], public: [] }), false],
  ] as const) {
    rules = next;
    assert.equal(access.mayRead(reading, 'read'), mayRead);
  }
});

test('a client that guesses is slowed down, and a correct token is still accepted at once', async (context) => {
  const fixture = await openFixture(context, { access: { tokens: ['right'] }, clock: () => 0 });
  const url = `${fixture.url}/metrics`;
  const statuses: number[] = [];
  for (let each = 0; each < 15; each += 1) statuses.push((await ask(url, bearer(`guess-${each}`))).status);
  assert.deepEqual(statuses, [...new Array(10).fill(401), ...new Array(5).fill(429)]);
  const throttled = await ask(url, bearer('guess'));
  assert.deepEqual([throttled.code, throttled.headers.get('retry-after')], ['throttled', '6']);
  assert.equal(throttled.headers.get('connection'), 'close');
  assert.equal((await ask(url, bearer('right'))).status, 200);
  assert.equal((await ask(url)).status, 401);
  const reasons = fixture.counted.map(({ labels }) => labels[0]);
  assert.equal(reasons.filter((reason) => reason === 'wrong_credentials').length, 10);
  assert.equal(reasons.filter((reason) => reason === 'throttled').length, 6);
  assert.equal(fixture.logged('warn').length, 3);
});

test('every answer has the security headers, and none allows another site', async (context) => {
  const { url, port } = await openFixture(context, { access: { tokens: ['one'], public: ['page'] } });
  const foreign = { Origin: 'https://example.org', 'Access-Control-Request-Method': 'GET' };
  for (const [path, method] of [
    ['/', 'GET'],
    ['/metrics', 'GET'],
    ['/metrics', 'OPTIONS'],
    ['/health', 'OPTIONS'],
    ['/livez', 'GET'],
    ['/nowhere', 'GET'],
    ['/%zz', 'GET'],
  ] as const) {
    const { headers } = await ask(url + path, { method, headers: foreign });
    for (const [name, value] of Object.entries(SECURITY_HEADERS))
      if (path !== '/' || name !== 'Content-Security-Policy') assert.equal(headers.get(name), value, path);
    assert.deepEqual(
      [...headers.keys()].filter((name) => name.startsWith('access-control')),
      [],
    );
  }
  const socket = connect(port, '127.0.0.1');
  socket.write('hello\r\n\r\n');
  assert.match(await text(socket), /Content-Security-Policy: default-src 'none'/);
});

/** The answer to a request with that Host header, wherever it is sent. */
async function askAs(host: string, port: number, { method = 'GET', path = '/', body = '' }): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const headers = `Host: ${host}\r\nConnection: close\r\nContent-Type: application/json`;
  socket.write(`${method} ${path} HTTP/1.1\r\n${headers}\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  return text(socket);
}

test('a web page whose name resolves to this machine can change nothing', async (context) => {
  const { port, replays } = await openFixture(context);
  const replay = { method: 'POST', path: '/api/v1/parked/replay', body: '{}' };
  for (const [host, status] of [
    ['rebound.example', 403],
    ['127.0.0.1.example', 403],
    ['localhost', 200],
    [`localhost:${port}`, 200],
    ['LOCALHOST.', 200],
    ['[::1]:9876', 200],
  ] as const)
    assert.match(await askAs(host, port, replay), new RegExp(`^HTTP/1.1 ${status} `), host);
  assert.equal(replays.length, 4);
});

test('a web page whose name resolves to this machine can read only what is public', async (context) => {
  const { port } = await openFixture(context, { access: { public: ['metrics'] } });
  for (const [path, status] of [
    ['/', 403],
    ['/api/v1/parked', 403],
    ['/nowhere', 403],
    ['/metrics', 200],
    ['/livez', 200],
  ] as const) {
    assert.match(await askAs('rebound.example', port, { path }), new RegExp(`^HTTP/1.1 ${status} `), path);
    assert.doesNotMatch(await askAs('localhost', port, { path }), /^HTTP\/1.1 403 /, path);
  }
  assert.doesNotMatch(await askAs('rebound.example', port, { path: '/health' }), /a-guid/);
  assert.match(await askAs('localhost', port, { path: '/health' }), /a-guid/);
});

test('a request under another host name gets advice, is counted and logged', async (context) => {
  const { port, counted, logged } = await openFixture(context);
  assert.match(await askAs('rebound.example', port, {}), /ANT_WATCHER_API_PUBLIC/);
  const change = await askAs('rebound.example', port, { method: 'POST', path: '/-/reload', body: '{}' });
  assert.doesNotMatch(change, /ANT_WATCHER_API_PUBLIC/, 'that opens no change');
  assert.match(change, /Changes over the network need a token/);
  assert.deepEqual(logged('warn'), ['API request refused']);
  const refusal = countOf(SELF.apiRefusals, ['foreign_name']);
  assert.deepEqual(counted, [refusal, refusal]);
});

test('a network listener answers under any name, and so does a local one when a token is sent', async (context) => {
  const open = await openFixture(context, { host: '0.0.0.0' });
  assert.match(await askAs('ci.example', open.port, { path: '/metrics' }), /^HTTP\/1.1 200 /);
  const { port } = await openFixture(context, { access: { tokens: ['one'] } });
  assert.match(await askAs('ci.example\r\nAuthorization: Bearer one', port, {}), /^HTTP\/1.1 200 /);
});

test('the start says once what others can read without a login', async (context) => {
  const open = await openFixture(context, { host: '0.0.0.0' });
  open.listener.logAccess();
  assert.deepEqual(open.logged('warn'), [NO_LOGIN]);
  for (const access of [
    { basicAuths: ['a:b'] },
    { tokens: ['one'], public: ['metrics'] },
    { public: ['page', 'read'] },
  ] satisfies Partial<AccessSettings>[]) {
    const { logged } = await openFixture(context, { access, host: '0.0.0.0' });
    assert.deepEqual([logged('warn'), logged('info')], [[], ['API reachable by others']]);
  }
  const local = await openFixture(context);
  assert.deepEqual([local.logged('warn'), local.logged('info')], [[], []]);
});

test('it says so again when a reload has changed that', async (context) => {
  const settings = { tokens: [], basicAuths: [], public: [] };
  let rules = accessRules({ ...settings, tokens: ['one'] });
  const { logged, listener } = await openFixture(context, { host: '0.0.0.0', accessRules: () => rules });
  listener.logAccess();
  assert.deepEqual(logged('warn'), []);
  rules = accessRules(settings);
  for (let reloads = 0; reloads < 3; reloads += 1) listener.logAccess();
  assert.equal(logged('warn').length, 1);
});

test('a thousand connections may be open, and the next one is closed at once', async (context) => {
  const { port } = await openFixture(context);
  const sockets: Socket[] = [];
  context.after(() => {
    for (const socket of sockets) socket.destroy();
  });
  // One after the other: a system queues only so many pending connections, and makes the others
  // wait for seconds.
  while (sockets.length < 1000) {
    const socket = connect(port, '127.0.0.1');
    sockets.push(socket);
    await once(socket, 'connect');
  }
  const over = connect(port, '127.0.0.1');
  over.on('error', () => {}); // as a reset
  over.resume();
  await new Promise((resolve) => over.on('close', resolve));
  const last = sockets.at(-1) as Socket;
  last.write('GET /livez HTTP/1.1\r\nConnection: close\r\n\r\n');
  assert.match(await text(last), /^HTTP\/1.1 200 /);
});

test('an unknown expectation is ignored, and the answer is like any other', async (context) => {
  const { port } = await openFixture(context, { access: { tokens: ['one'] } });
  const socket = connect(port, '127.0.0.1');
  socket.write('GET /metrics HTTP/1.1\r\nExpect: more\r\nConnection: close\r\n\r\n');
  const answer = await text(socket);
  assert.match(answer, /^HTTP\/1.1 401 [\s\S]*"code":"unauthorized"/);
  for (const name of Object.keys(SECURITY_HEADERS)) assert.match(answer, new RegExp(`^${name}: `, 'im'));
});
