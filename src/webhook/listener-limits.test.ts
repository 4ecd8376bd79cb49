import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openFixture, openRaw, rawHead, send, until } from '../../test/fixtures/webhook-listener.ts';
import type { AcceptOutcome, Delivery } from '../domain/delivery.ts';

const BODY = '{"action":"queued"}';

/** Status, and the code in the body, of the last answer on a raw connection. */
function answerIn(received: string): { status: number; code: unknown; head: string } {
  const [head = '', body = ''] = received.slice(received.lastIndexOf('HTTP/1.1 ')).split('\r\n\r\n');
  return { status: Number(head.split(' ')[1]), code: JSON.parse(body).error?.code, head };
}

/** Memory of all buffers that are still in use. */
function bufferedBytes(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().arrayBuffers;
}

/** An inbox that answers when told to. */
function slowInbox() {
  const gate = Promise.withResolvers<void>();
  const taken: Delivery[] = [];
  const accept = async (deliveries: readonly Delivery[]): Promise<AcceptOutcome[]> => {
    taken.push(...deliveries);
    await gate.promise;
    return deliveries.map(() => 'accepted');
  };
  return { accept, taken, open: gate.resolve };
}

test('202 is sent only when the delivery is durable', async (context) => {
  const inbox = slowInbox();
  const { port } = await openFixture(context, { inbox });
  let answered = false;
  const sending = send(port).finally(() => (answered = true));
  await until(() => inbox.taken.length === 1);
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(answered, false);
  inbox.open();
  assert.equal((await sending).status, 202);
});

test('waiting deliveries over the limit are answered 503 at once', async (context) => {
  const inbox = slowInbox();
  const { port, counts } = await openFixture(context, { inbox, rules: { maxWaiting: 3 } });
  const waiting = [send(port), send(port), send(port)];
  await until(() => inbox.taken.length > 0);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const answer = await send(port);
  assert.deepEqual([answer.status, JSON.parse(answer.body).error.code], [503, 'overloaded']);
  assert.match(answer.headers['retry-after'] ?? '', /^[1-9]\d*$/);
  assert.equal(counts()['rejections_total{overloaded}'], 1);
  inbox.open();
  for (const { status } of await Promise.all(waiting)) assert.equal(status, 202);
  assert.equal((await send(port)).status, 202);
});

test('concurrent requests cannot exceed the limit either', async (context) => {
  const inbox = slowInbox();
  const { port } = await openFixture(context, { inbox, rules: { maxWaiting: 2 } });
  const connections = Array.from({ length: 6 }, () => openRaw(port));
  for (const { socket } of connections)
    socket.write(rawHead(BODY, `Content-Length: ${BODY.length}`, 'Connection: close'));
  await new Promise((resolve) => setTimeout(resolve, 100));
  for (const { socket } of connections) socket.write(BODY);
  await until(() => connections.filter(({ received }) => received().includes(' 503 ')).length === 4);
  inbox.open();
  const received = await Promise.all(connections.map(({ ended }) => ended));
  assert.equal(received.filter((each) => each.includes(' 202 ')).length, 2);
});

test('a Content-Length over the limit is refused before the body is sent', async (context) => {
  const { port } = await openFixture(context);
  const { socket, ended } = openRaw(port);
  socket.write(rawHead('', 'Content-Length: 100001'));
  const { status, code, head } = answerIn(await ended);
  assert.deepEqual([status, code], [413, 'body_too_large']);
  assert.match(head, /^Connection: close$/m);
});

test('a body without Content-Length is cut off at the limit, and its sender still gets the answer', async (context) => {
  const { port, counts } = await openFixture(context);
  const { socket, ended } = openRaw(port);
  socket.write(rawHead('', 'Transfer-Encoding: chunked'));
  const chunk = `2000\r\n${'x'.repeat(0x2000)}\r\n`;
  for (let i = 0; i < 600 && !socket.destroyed; i++) {
    if (!socket.write(chunk)) await Promise.race([once(socket, 'drain'), ended]);
  }
  socket.end();
  const { status, code } = answerIn(await ended);
  assert.deepEqual([status, code], [413, 'body_too_large']);
  assert.deepEqual(counts(), {
    'rejections_total{body_too_large}': 1,
    'deliveries_total{workflow_job,,rejected}': 1,
  });
});

test('a sender that continues after 413 is cut off', async (context) => {
  const { port } = await openFixture(context);
  const { socket, ended } = openRaw(port, { stubborn: true });
  const beginMs = performance.now();
  socket.write(rawHead('', 'Content-Length: 1000000000'));
  const timer = setInterval(() => socket.write('x'.repeat(1000)), 10);
  assert.equal(answerIn(await ended).status, 413);
  clearInterval(timer);
  const tookMs = performance.now() - beginMs;
  assert.ok(tookMs > 500 && tookMs < 3000, 'it is read from for a while, so that it can read the answer');
});

test('unsigned floods do not make memory grow', async (context) => {
  const limitBytes = 1024 * 1024;
  const { port, counts } = await openFixture(context, { bodyLimitBytes: limitBytes });
  const chunk = Buffer.from(`fff0\r\n${'x'.repeat(0xfff0)}\r\n`);
  const beforeBytes = bufferedBytes();
  const connections = Array.from({ length: 40 }, () => openRaw(port));
  for (const { socket } of connections) {
    socket.write(rawHead('', 'Transfer-Encoding: chunked'));
    for (let i = 0; i < 15; i++) socket.write(chunk);
  }
  await until(() => connections.filter(({ received }) => received().includes(' 503 ')).length >= 30);
  // There is room for four of the bodies, and the collector sweeps in the background.
  await until(() => bufferedBytes() - beforeBytes < 6 * limitBytes);
  for (const { socket } of connections) socket.destroy();
  assert.ok((counts()['rejections_total{overloaded}'] ?? 0) >= 30);
  await until(() => bufferedBytes() - beforeBytes < limitBytes);
  const body = `{"a":"${'x'.repeat(limitBytes - 100)}"}`;
  let status = 503;
  for (let i = 0; status === 503 && i < 100; i++) ({ status } = await send(port, { body }));
  assert.equal(status, 202, 'the room is given back');
});

test('headers that arrive too slowly are answered 408', async (context) => {
  const { port, counts } = await openFixture(context, { headerTimeoutMs: 150 });
  const { socket, ended } = openRaw(port);
  const beginMs = performance.now();
  socket.write('POST /webhook HTTP/1.1\r\nHost: x\r\nX-A: ');
  const timer = setInterval(() => socket.write('a'), 20);
  const { status, code } = answerIn(await ended);
  clearInterval(timer);
  assert.deepEqual([status, code], [408, 'timeout']);
  assert.ok(performance.now() - beginMs < 2500, 'long before the body would have to be there');
  assert.deepEqual(counts(), { 'rejections_total{timeout}': 1, 'deliveries_total{none,,rejected}': 1 });
});

test('a body that arrives too slowly is answered 408', async (context) => {
  const { port, counts } = await openFixture(context, { headerTimeoutMs: 100, bodyTimeoutMs: 200 });
  const { socket, ended } = openRaw(port);
  socket.write(rawHead(BODY, 'Content-Length: 1000'));
  const timer = setInterval(() => socket.write(' '), 20);
  const { status, code } = answerIn(await ended);
  clearInterval(timer);
  assert.deepEqual([status, code], [408, 'timeout']);
  assert.deepEqual(counts(), {
    'rejections_total{timeout}': 1,
    'deliveries_total{workflow_job,,rejected}': 1,
  });
});

test('time spent on durability does not count as a slow client', async (context) => {
  const inbox = slowInbox();
  const { port } = await openFixture(context, { inbox, headerTimeoutMs: 50, bodyTimeoutMs: 50 });
  const sending = send(port);
  await new Promise((resolve) => setTimeout(resolve, 300));
  inbox.open();
  assert.equal((await sending).status, 202);
});

test('a silent connection is closed without being counted', async (context) => {
  const { port, counts, lines } = await openFixture(context, { headerTimeoutMs: 50 });
  assert.equal(await openRaw(port).ended, '');
  assert.deepEqual([counts(), lines], [{}, []]);
});

test('a connection without a request is closed after the idle timeout', async (context) => {
  const { port, counts } = await openFixture(context, { idleTimeoutMs: 100 });
  const { socket, ended } = openRaw(port);
  const beginMs = performance.now();
  socket.write('GET /livez HTTP/1.1\r\nHost: x\r\n\r\n');
  assert.match(await ended, /^HTTP\/1.1 200 /);
  // Node.js adds a second to what it announces.
  assert.ok(performance.now() - beginMs < 3000);
  assert.deepEqual(counts(), {});
});

test('a connection that is reset between requests is not counted', async (context) => {
  const { port, counts } = await openFixture(context);
  const { socket, ended, received } = openRaw(port);
  socket.write('GET /livez HTTP/1.1\r\nHost: x\r\n\r\n');
  await until(() => received().includes('200 OK'));
  socket.resetAndDestroy();
  await ended;
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual(counts(), {});
});

for (const [what, head, reason] of [
  ['leaves after', rawHead('', 'Content-Length: 100001'), 'body_too_large'],
  ['is slow with the rest of', rawHead('', 'Content-Length: 100').replace('/webhook', '/x'), 'not_found'],
] as const) {
  test(`a client that ${what} a refused request is counted once`, async (context) => {
    const { port, counts } = await openFixture(context, { headerTimeoutMs: 100, bodyTimeoutMs: 100 });
    const { socket, ended, received } = openRaw(port, { stubborn: true });
    socket.write(head);
    await until(() => received() !== '');
    socket.write('x');
    await new Promise((resolve) => setTimeout(resolve, 300));
    socket.resetAndDestroy();
    await ended;
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual(counts(), {
      [`rejections_total{${reason}}`]: 1,
      'deliveries_total{workflow_job,,rejected}': 1,
    });
    assert.equal(received().match(/HTTP\/1.1 /g)?.length, 1);
  });
}

for (const [what, text, status, reason] of [
  ['no HTTP', 'hello\r\n\r\n', 400, 'malformed_request'],
  ['large headers', `GET /livez HTTP/1.1\r\nX-A: ${'a'.repeat(20_000)}\r\n\r\n`, 431, 'headers_too_large'],
  ['no Host', 'GET /livez HTTP/1.1\r\nConnection: close\r\n\r\n', 400, 'missing_host'],
  ['two lengths', rawHead(BODY, 'Content-Length: 5', 'Content-Length: 6'), 400, 'malformed_request'],
  ['bad chunks', `${rawHead(BODY, 'Transfer-Encoding: chunked')}zz\r\n`, 400, 'malformed_request'],
] as const) {
  test(`${what} is answered ${status} in our format`, async (context) => {
    const { port, counts } = await openFixture(context);
    const { socket, ended } = openRaw(port);
    socket.write(text);
    const answer = answerIn(await ended);
    assert.deepEqual([answer.status, answer.code], [status, reason]);
    assert.match(answer.head, /^Content-Type: application\/json\r?$/m);
    assert.equal(counts()[`rejections_total{${reason}}`], 1);
  });
}

for (const leave of ['end', 'resetAndDestroy'] as const) {
  test(`a client that leaves by ${leave} while sending is counted, and nothing is kept`, async (context) => {
    const { port, counts, accepted, lines } = await openFixture(context);
    const { socket, ended } = openRaw(port);
    socket.write(rawHead(BODY, `Content-Length: ${BODY.length}`) + BODY.slice(1));
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket[leave]();
    await ended;
    await until(() => lines.length > 0);
    assert.deepEqual(counts(), {
      'rejections_total{aborted}': 1,
      'deliveries_total{workflow_job,,rejected}': 1,
    });
    assert.deepEqual(accepted, []);
  });
}

test('garbage after a waiting delivery is not answered instead of it', async (context) => {
  const inbox = slowInbox();
  const { port } = await openFixture(context, { inbox });
  const { socket, ended } = openRaw(port);
  socket.write(`${rawHead(BODY, `Content-Length: ${BODY.length}`)}${BODY}garbage\r\n\r\n`);
  assert.equal(await ended, '');
  inbox.open();
});

test('pipelined requests are answered in order, even when the last one is cut off', async (context) => {
  const inbox = slowInbox();
  const { port } = await openFixture(context, { inbox });
  const { socket, ended } = openRaw(port);
  const first = rawHead(BODY, `Content-Length: ${BODY.length}`) + BODY;
  socket.write(first + rawHead('', 'Content-Length: 100001'));
  await until(() => inbox.taken.length === 1);
  inbox.open();
  assert.match(await ended, /^HTTP\/1.1 202 [\s\S]*HTTP\/1.1 413 /);
});

test('a client that sends Expect: 100-continue is told to continue', async (context) => {
  const { port } = await openFixture(context);
  const { socket, ended, received } = openRaw(port);
  socket.write(rawHead(BODY, `Content-Length: ${BODY.length}`, 'Expect: 100-continue', 'Connection: close'));
  await until(() => received().includes('HTTP/1.1 100 Continue\r\n\r\n'));
  socket.write(BODY);
  assert.match(await ended, /HTTP\/1.1 202 /);
});

test('Expect: 100-continue with too large a body is refused', async (context) => {
  const { port } = await openFixture(context);
  const { socket, ended } = openRaw(port);
  socket.write(rawHead('', 'Content-Length: 100001', 'Expect: 100-continue'));
  assert.match(await ended, /^HTTP\/1.1 413 /);
});

test('an unknown expectation is ignored', async (context) => {
  const { port } = await openFixture(context);
  assert.equal((await send(port, { headers: { Expect: 'much' } })).status, 202);
});
