import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { ask, openFixture } from '../../../test/fixtures/api-listener.ts';
import { fakeNow } from '../../../test/fixtures/now.ts';
import { until } from '../../../test/push/receivers.ts';
import { SELF } from '../../domain/own-metrics.ts';
import type { Queries } from '../../queries/all-queries.ts';

/** Answers with one job that is another one each time, and with names as long as a test wants. */
function openAnswers(nameLength = 5) {
  const world = { changes: 0, asked: 0 };
  const queries = {
    ask: async () => {
      world.asked += 1;
      const name = 'x'.repeat(nameLength) + world.changes;
      return fakeNow({
        nowMs: Date.now() - Date.parse('2026-11-29T04:00:00Z'),
        jobs: [{ jobId: 1, beganAtMs: 0, name }],
      });
    },
  } as unknown as Queries;
  const engine = {
    progress: async () => ({
      changes: world.changes,
      lastProcessedAtMs: 1,
      oldestUnprocessedMs: null,
      accepted: 1,
    }),
  };
  return { world, queries, engine };
}

/** A client that reads a stream as it comes. */
function openReader(
  context: TestContext,
  port: number,
  { method = 'GET', path = '/api/v1/live', headers = '' } = {},
) {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  context.after(() => socket.destroy());
  const reader = { socket, text: '', isEnded: false };
  socket.on('data', (data) => (reader.text += data)).on('error', () => {});
  socket.on('end', () => (reader.isEnded = true)).on('close', () => (reader.isEnded = true));
  socket.write(`${method} ${path} HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n`);
  return reader;
}

const cut = (counted: readonly { metric: string; labels: readonly string[] }[]) =>
  counted.filter(({ metric }) => metric === SELF.liveStreamsCut.name).map(({ labels }) => labels[0]);
const openStreams = (listener: { readings(): readonly { value: number }[] }) => listener.readings()[0]?.value;

test('a stream begins with a whole answer, and neither caches nor proxies may hold it back', async (context) => {
  const { world, ...parts } = openAnswers();
  const { port, listener } = await openFixture(context, parts);
  const reader = openReader(context, port);
  await until('no snapshot', () => reader.text.includes('event: now'));
  assert.match(reader.text, /^HTTP\/1\.1 200 OK\r\n/);
  assert.match(reader.text, /content-type: text\/event-stream/i);
  assert.match(reader.text, /cache-control: no-store, no-transform/i);
  assert.match(reader.text, /x-accel-buffering: no/i);
  assert.match(reader.text, /content-security-policy: default-src 'none'/i);
  assert.match(reader.text, /retry: 2000\nid: \d{4}-[^\n]+Z\nevent: now\ndata: \{"as_of"/);
  world.changes += 1;
  await until('no difference', () => reader.text.includes('event: diff'));
  assert.match(reader.text, /"name":"xxxxx1"/);
  assert.equal(openStreams(listener), 1);
});

test('HEAD has the headers of a stream, and ends', async (context) => {
  const { port, listener } = await openFixture(context, openAnswers());
  const reader = openReader(context, port, { method: 'HEAD', headers: 'Connection: close\r\n' });
  await until('HEAD did not end', () => reader.isEnded);
  assert.match(reader.text, /content-type: text\/event-stream/i);
  assert.equal(openStreams(listener), 0);
});

test('what is wrong with a request is said in the common form', async (context) => {
  const { url } = await openFixture(context, openAnswers());
  const { status, text } = await ask(`${url}/api/v1/live?repositry=o/r`);
  assert.equal(status, 400);
  assert.match(text, /Did you mean repository/);
});

test('a client that leaves, or only stops writing, frees its place, and nothing is computed for it', async (context) => {
  const { world, ...parts } = openAnswers();
  const { port, listener } = await openFixture(context, parts);
  for (const leave of [(socket: Socket) => socket.resetAndDestroy(), (socket: Socket) => socket.end()]) {
    const reader = openReader(context, port);
    await until('no snapshot', () => reader.text.includes('event: now'));
    assert.equal(openStreams(listener), 1);
    leave(reader.socket);
    await until('still counted', () => openStreams(listener) === 0);
  }
  const other = openReader(context, port, { path: '/api/v1/live?label=gpu' });
  await until('no snapshot', () => other.text.includes('event: now'));
  const { asked } = world;
  world.changes += 1;
  await until('no difference', () => other.text.includes('event: diff'));
  assert.equal(world.asked, asked + 1, 'for the filter that is left');
});

test('two hundred streams can be open; the next is asked to come again', async (context) => {
  const { port, url, listener, counted } = await openFixture(context, openAnswers());
  const readers = Array.from({ length: 200 }, () => openReader(context, port));
  await until('not all streams began', () => readers.every(({ text }) => text.includes('event: now')));
  const { status, headers, code } = await ask(`${url}/api/v1/live`);
  assert.deepEqual([status, code, headers.get('retry-after')], [503, 'overloaded', '5']);
  assert.deepEqual(cut(counted), ['full']);
  readers[0]?.socket.destroy();
  await until('still counted', () => openStreams(listener) === 199);
  const next = openReader(context, port);
  await until('no stream in the free place', () => next.text.includes('event: now'));
});

test('so many different filters can be followed; the next is told what to do, and others go on', async (context) => {
  const { port, url, counted } = await openFixture(context, openAnswers());
  const pathOf = (each: number) => `/api/v1/live?label=label-${each}`;
  const readers = Array.from({ length: 64 }, (_, each) => openReader(context, port, { path: pathOf(each) }));
  await until('not all streams began', () => readers.every(({ text }) => text.includes('event: now')));
  const { status, headers, code, text } = await ask(url + pathOf(64));
  assert.deepEqual([status, code, headers.get('retry-after')], [503, 'overloaded', '5']);
  assert.match(text, /64 different filters .* ask \/api\/v1\/now/);
  assert.deepEqual(cut(counted), ['filters']);
  const same = openReader(context, port, { path: pathOf(7) });
  await until('no stream of a filter that is known', () => same.text.includes('event: now'));
  assert.equal((await ask(`${url}/api/v1/now?label=label-64`)).status, 200);
});

test('a client that does not read is cut, and the others stay', async (context) => {
  const { world, ...parts } = openAnswers(2_000_000);
  const { port, counted } = await openFixture(context, parts);
  const reader = openReader(context, port);
  const deaf = openReader(context, port);
  deaf.socket.pause();
  await until('the deaf client was not cut', () => {
    world.changes += 1;
    return cut(counted).length > 0;
  });
  assert.deepEqual(cut(counted), ['slow']);
  const before = reader.text.length;
  world.changes += 1;
  await until('the other got nothing', () => reader.text.length > before + 2_000_000);
});

test('a stream ends when its login is withdrawn', async (context) => {
  const rules = {
    isOpen: false,
    publicAreas: new Set(),
    hasUser: () => false,
    hasToken: (text?: string): boolean => text === 'Bearer a',
  };
  const { port, counted } = await openFixture(context, {
    ...openAnswers(),
    accessRules: () => rules as never,
  });
  const reader = openReader(context, port, { headers: 'Authorization: Bearer a\r\n' });
  await until('no snapshot', () => reader.text.includes('event: now'));
  rules.hasToken = () => false;
  await until('not ended', () => reader.isEnded);
  assert.deepEqual(cut(counted), ['login']);
  const again = openReader(context, port, { headers: 'Authorization: Bearer a\r\n' });
  await until('no refusal', () => again.text.startsWith('HTTP/1.1 401'));
});

test('streams end at once when the listener closes', async (context) => {
  const { port, close } = await openFixture(context, openAnswers());
  const reader = openReader(context, port);
  await until('no snapshot', () => reader.text.includes('event: now'));
  await close();
  await until('not ended', () => reader.isEnded);
  assert.match(reader.text, /\r\n0\r\n\r\n$/, 'it ends as a response does');
});

test('a client that takes gzip gets it, each event at once', async (context) => {
  const { world, ...parts } = openAnswers(20_000);
  const { url, port, counted, close } = await openFixture(context, parts);
  const response = await fetch(`${url}/api/v1/live`);
  assert.equal(response.headers.get('content-encoding'), 'gzip');
  const reader = { text: '', isEnded: false };
  const read = (async () => {
    const decoder = new TextDecoder();
    for await (const part of response.body ?? []) reader.text += decoder.decode(part, { stream: true });
    reader.isEnded = true;
  })();
  await until('no snapshot', () => reader.text.endsWith('\n\n'));
  world.changes += 1;
  await until('no difference', () => /event: diff\n.*\n\n$/.test(reader.text));
  const deaf = openReader(context, port, { headers: 'Accept-Encoding: gzip\r\n' });
  deaf.socket.pause();
  assert.deepEqual(cut(counted), []);
  await close();
  await read;
  assert.ok(reader.isEnded, 'it ends as a response does');
});
