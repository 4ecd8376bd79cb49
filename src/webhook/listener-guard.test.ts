import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  openFixture,
  openRaw,
  rawHead,
  type Sending,
  send,
  until,
} from '../../test/fixtures/webhook-listener.ts';
import { readRange } from '../http/address-ranges.ts';

const BODY = '{"action":"queued"}';
const BAD = { headers: { 'X-Hub-Signature-256': `sha256=${'0'.repeat(64)}` } };

function ranges(...texts: string[]) {
  return texts.map(readRange).filter((each) => each !== null);
}

function allow(...texts: string[]) {
  return { ranges: ranges(...texts), github: false };
}

async function codeOf(port: number, sending: Sending = {}): Promise<string> {
  const { status, body } = await send(port, sending);
  return `${status} ${JSON.parse(body).error?.code ?? ''}`.trim();
}

/** The status of each answer on a raw connection. */
function statusesIn(received: string): number[] {
  return Array.from(received.matchAll(/HTTP\/1\.1 (\d+)/g), ([, status]) => Number(status));
}

test('only listed addresses may send, and others are answered 403', async (context) => {
  const { port, counts, accepted } = await openFixture(context, {
    rules: { allowedIps: allow('127.0.0.5', '127.1.0.0/16') },
  });
  assert.equal(await codeOf(port, { from: '127.0.0.5' }), '202');
  assert.equal(await codeOf(port, { from: '127.1.2.3' }), '202');
  assert.equal(await codeOf(port, { from: '127.0.0.6' }), '403 forbidden');
  assert.equal(await codeOf(port, { from: '127.0.0.6', path: '/elsewhere' }), '403 forbidden');
  assert.equal(accepted.length, 2);
  assert.equal(counts()['rejections_total{address_not_allowed}'], 2);
});

test('403 comes before the body is read, and /livez is open to everybody', async (context) => {
  const { port } = await openFixture(context, { rules: { allowedIps: allow('192.0.2.1') } });
  const { socket, ended } = openRaw(port);
  socket.write(rawHead('', 'Content-Length: 100000'));
  assert.match(await ended, /^HTTP\/1.1 403 [\s\S]*"code":"forbidden"/);
  const waits = openRaw(port);
  waits.socket.write(rawHead('', 'Content-Length: 100000', 'Expect: 100-continue'));
  assert.match(await waits.ended, /^HTTP\/1.1 403 /);
  assert.equal((await send(port, { method: 'GET', path: '/livez' })).status, 200);
});

test('an IPv4 sender is known by its IPv4 address on an IPv6 listener', async (context) => {
  const options = { host: '::', rules: { allowedIps: allow('127.0.0.0/8') } };
  const { port } = await openFixture(context, options);
  assert.equal(await codeOf(port, { from: '127.0.0.9' }), '202');
});

test('"github" admits the addresses that GitHub lists, in addition to others, and none before they are known', async (context) => {
  let known: string[] | null = null;
  const { port, counts } = await openFixture(context, {
    rules: { allowedIps: { ranges: ranges('127.0.0.5'), github: true } },
    githubAddresses: { has: (address) => known?.includes(address) ?? null },
  });
  const answer = await send(port, { from: '127.0.0.7' });
  assert.deepEqual([answer.status, JSON.parse(answer.body).error.code], [503, 'addresses_unknown']);
  assert.match(answer.headers['retry-after'] ?? '', /^[1-9]\d*$/);
  assert.equal(counts()['rejections_total{addresses_unknown}'], 1);
  assert.equal(await codeOf(port, { from: '127.0.0.5' }), '202');
  known = ['127.0.0.7'];
  assert.equal(await codeOf(port, { from: '127.0.0.7' }), '202');
  assert.equal(await codeOf(port, { from: '127.0.0.8' }), '403 forbidden');
});

test('X-Forwarded-For counts only behind a trusted proxy, and what a client wrote in it does not', async (context) => {
  const { port } = await openFixture(context, {
    rules: { allowedIps: allow('192.0.2.0/24'), trustedProxies: ranges('127.0.0.2', '10.0.0.0/8') },
  });
  const code = (from: string, forwarded: string) =>
    codeOf(port, { from, headers: { 'X-Forwarded-For': forwarded } });
  assert.equal(await code('127.0.0.2', '192.0.2.9'), '202');
  assert.equal(await code('127.0.0.2', '198.51.100.1, 192.0.2.9, 10.0.0.3'), '202');
  assert.equal(await code('127.0.0.2', '[::ffff:192.0.2.9]:443'), '202');
  assert.equal(await code('127.0.0.2', '192.0.2.9, 198.51.100.1'), '403 forbidden');
  assert.equal(await code('127.0.0.2', '192.0.2.9, unknown'), '403 forbidden');
  assert.equal(await code('127.0.0.3', '192.0.2.9'), '403 forbidden');
});

test('several X-Forwarded-For headers form one list', async (context) => {
  const { port } = await openFixture(context, {
    rules: { allowedIps: allow('192.0.2.0/24'), trustedProxies: ranges('127.0.0.1') },
  });
  for (const [lines, status] of [
    [['X-Forwarded-For: 192.0.2.9', 'x-forwarded-for: 198.51.100.1'], 403],
    [['X-Forwarded-For: 198.51.100.1', 'X-FORWARDED-FOR: 192.0.2.9'], 202],
  ] as const) {
    const { socket, ended } = openRaw(port);
    socket.write(rawHead(BODY, ...lines, `Content-Length: ${BODY.length}`, 'Connection: close') + BODY);
    assert.deepEqual(statusesIn(await ended), [status]);
  }
});

test('new rules apply from the next request on, also on open connections', async (context) => {
  const { port, change } = await openFixture(context);
  const { socket, received } = openRaw(port);
  const request = rawHead(BODY, `Content-Length: ${BODY.length}`) + BODY;
  for (const [rules, statuses] of [
    [{}, [202]],
    [{ allowedIps: allow('192.0.2.1') }, [202, 403]],
    [{ secrets: ['another'] }, [202, 403, 401]],
    [{}, [202, 403, 401, 202]],
  ] as const) {
    change(rules);
    socket.write(request);
    await until(() => statusesIn(received()).length === statuses.length);
    assert.deepEqual(statusesIn(received()), statuses);
  }
  socket.destroy();
});

test('too many requests are answered 429 with the time to wait, after a delay, and the connection is closed', async (context) => {
  const { port, counts, accepted, listener } = await openFixture(context, {
    rules: { rateLimitPerAddress: 2 },
    rejectionDelayMs: 50,
  });
  for (let i = 0; i < 4; i++) assert.equal(await codeOf(port), '202');
  const answer = await send(port);
  assert.deepEqual([answer.status, JSON.parse(answer.body).error.code], [429, 'rate_limited']);
  assert.equal(answer.headers['retry-after'], '1');
  assert.equal(answer.headers.connection, 'close');
  assert.equal(counts()['rejections_total{rate_limited}'], 1);
  assert.equal(accepted.length, 4);
  await until(() => listener.readings()[0]?.value === 0);
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(listener.readings()[0]?.value, 0, 'a connection that was held is counted once');
  assert.equal(await codeOf(port, { from: '127.0.0.2' }), '202', 'others are not concerned');
  assert.equal((await send(port, { method: 'GET', path: '/livez' })).status, 200);
});

test('data behind a rate-limited request is not read: the connection is cut', async (context) => {
  const { port, counts } = await openFixture(context, {
    rules: { rateLimitPerAddress: 1 },
    rejectionDelayMs: 300,
  });
  for (let i = 0; i < 2; i++) assert.equal(await codeOf(port), '202');
  counts();
  const { socket, ended } = openRaw(port);
  const request = rawHead(BODY, `Content-Length: ${BODY.length}`) + BODY;
  socket.write(request.repeat(50));
  const timer = setInterval(() => socket.write(request.repeat(50)), 10);
  assert.deepEqual(statusesIn(await ended), []);
  clearInterval(timer);
  assert.equal(counts()['rejections_total{rate_limited}'], 1);
});

test('a client that leaves before its 429 still occupies its connection', async (context) => {
  const { port, listener } = await openFixture(context, {
    rules: { rateLimitPerAddress: 1 },
    rejectionDelayMs: 1000,
  });
  for (let i = 0; i < 2; i++) assert.equal(await codeOf(port), '202');
  await until(() => listener.readings()[0]?.value === 0);
  const { socket, ended } = openRaw(port);
  socket.write(rawHead(BODY, `Content-Length: ${BODY.length}`) + BODY);
  await until(() => listener.readings()[0]?.value === 1);
  await new Promise((resolve) => setTimeout(resolve, 50));
  socket.destroy();
  await ended;
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(listener.readings()[0]?.value, 1);
  await until(() => listener.readings()[0]?.value === 0);
});

test('a flood of bad signatures is stopped early, and other deliveries pass', async (context) => {
  const rules = { rateLimit: 4000, rateLimitPerAddress: 1000 };
  const { port, counts } = await openFixture(context, { rules, rejectionDelayMs: 0 });
  assert.equal(await codeOf(port, { from: '127.0.0.9' }), '202');
  for (let network = 2; network < 7; network++) {
    for (let i = 0; i < 60; i++) await send(port, { ...BAD, from: `127.0.0.${network}` });
  }
  const seen = counts();
  // 2000 tokens for each address, and for all strangers 4000; 50 for each failure.
  assert.equal(seen['rejections_total{wrong_signature}'], 80);
  assert.equal(seen['rejections_total{rate_limited}'], 220);
  assert.equal(await codeOf(port, { from: '127.0.0.9' }), '202');
});

test('every kind of failure has a cost', async (context) => {
  const kinds: Sending[] = [
    BAD,
    { path: '/elsewhere' },
    { headers: { 'Content-Type': 'text/plain' } },
    { headers: { 'X-Hub-Signature-256': undefined } },
    { body: Buffer.alloc(100_001) },
  ];
  for (const kind of kinds) {
    const { port } = await openFixture(context, { rules: { rateLimitPerAddress: 25 }, rejectionDelayMs: 0 });
    assert.notEqual((await send(port, kind)).status, 429);
    assert.equal((await send(port)).status, 429, JSON.stringify(kind).slice(0, 80));
  }
  const { port } = await openFixture(context, { rules: { rateLimitPerAddress: 25 }, rejectionDelayMs: 0 });
  for (let i = 0; i < 40; i++) assert.equal((await send(port)).status, 202);
});

for (const [what, bytes] of [
  ['is too long for its chunks', `1ffff\r\n${'x'.repeat(0x1ffff)}\r\n`],
  ['is broken off', '5\r\nab'],
]) {
  test(`a body that ${what} has a cost`, async (context) => {
    const { port, lines } = await openFixture(context, {
      rules: { rateLimitPerAddress: 25 },
      rejectionDelayMs: 0,
    });
    const { socket, ended } = openRaw(port);
    socket.write(rawHead('', 'Transfer-Encoding: chunked') + bytes);
    socket.end();
    await ended;
    await until(() => lines.length > 0);
    assert.equal((await send(port)).status, 429);
  });
}

test('unlisted clients use up their own limit and that of strangers, not that of the listed', async (context) => {
  const rules = { rateLimit: 100, rateLimitPerAddress: 50, allowedIps: allow('127.0.0.9') };
  const { port } = await openFixture(context, { rules, rejectionDelayMs: 0 });
  const code = (from: string) => codeOf(port, { from });
  assert.deepEqual([await code('127.0.1.1'), await code('127.0.1.1')], ['403 forbidden', '403 forbidden']);
  assert.equal(await code('127.0.1.1'), '429 rate_limited');
  assert.equal(await code('127.0.1.2'), '429 rate_limited');
  assert.equal(await code('127.0.0.9'), '202');
});

test('nobody is admitted above the limit of all connections', async (context) => {
  const { port, listener, counts } = await openFixture(context, { rules: { maxConnections: 2 } });
  assert.equal(await codeOf(port), '202');
  await until(() => listener.readings()[0]?.value === 0);
  const open = [openRaw(port), openRaw(port)];
  await until(() => listener.readings()[0]?.value === 2);
  assert.equal(await openRaw(port).ended, '');
  assert.equal(counts()['rejections_total{too_many_connections}'], 1);
  for (const { socket } of open) socket.destroy();
});

test('connections over the limit per address are closed at once, and counted', async (context) => {
  const { port, counts, listener } = await openFixture(context, { rules: { maxConnectionsPerAddress: 3 } });
  const open = Array.from({ length: 3 }, () => openRaw(port));
  await until(() => listener.readings()[0]?.value === 3);
  assert.equal(await openRaw(port).ended, '');
  assert.deepEqual(counts(), {
    'rejections_total{too_many_connections}': 1,
    'deliveries_total{none,,rejected}': 1,
  });
  assert.equal(await codeOf(port, { from: '127.0.0.2' }), '202');
  open[0]?.socket.destroy();
  await until(() => listener.readings()[0]?.value === 2);
  assert.equal(await codeOf(port), '202');
  for (const { socket } of open) socket.destroy();
});

test("a trusted proxy's connections have no limit of their own", async (context) => {
  const rules = { maxConnectionsPerAddress: 1, trustedProxies: ranges('127.0.0.1') };
  const { port, listener } = await openFixture(context, { rules });
  const open = Array.from({ length: 5 }, () => openRaw(port));
  await until(() => listener.readings()[0]?.value === 5);
  for (const { socket } of open) socket.destroy();
});

test('strangers that hold all their connections leave room for known senders', async (context) => {
  const rules = { maxConnections: 8, maxConnectionsPerAddress: 2 };
  const { port, listener } = await openFixture(context, { rules });
  assert.equal(await codeOf(port, { from: '127.0.0.9' }), '202');
  await until(() => listener.readings()[0]?.value === 0);
  const strangers = Array.from({ length: 10 }, (_, index) => openRaw(port, { from: `127.0.1.${index}` }));
  await until(() => strangers.filter(({ socket }) => socket.destroyed).length === 4);
  assert.equal(await codeOf(port, { from: '127.0.0.9' }), '202');
  await assert.rejects(send(port, { from: '127.0.0.8' }), { code: 'ECONNRESET' });
  for (const { socket } of strangers) socket.destroy();
});

test('an untrusted proxy in our network is logged once', async (context) => {
  const { port, lines } = await openFixture(context);
  for (let i = 0; i < 3; i++) await send(port, { headers: { 'X-Forwarded-For': '192.0.2.1' } });
  assert.deepEqual(
    lines.map(({ level, message, proxy }) => [level, message, proxy]),
    [['warn', 'Requests come through an untrusted proxy', '127.0.0.1']],
  );
  const other = await openFixture(context, { rules: { trustedProxies: ranges('127.0.0.1') } });
  await send(other.port, { headers: { 'X-Forwarded-For': '192.0.2.1' } });
  assert.deepEqual(other.lines, []);
});
