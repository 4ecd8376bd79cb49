import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openFixture, openRaw, rawHead, send, until } from '../../test/fixtures/webhook-listener.ts';
import type { AcceptOutcome, Delivery } from '../domain/delivery.ts';

const BODY = '{"action":"queued"}';

test('closing answers the requests under way, and then resolves', async (context) => {
  const gate = Promise.withResolvers<void>();
  const taken: Delivery[] = [];
  const accept = async (deliveries: readonly Delivery[]): Promise<AcceptOutcome[]> => {
    taken.push(...deliveries);
    await gate.promise;
    return deliveries.map(() => 'accepted');
  };
  const { port, agent, close } = await openFixture(context, { inbox: { accept } });
  const durable = send(port, { agent });
  await until(() => taken.length === 1);
  const arriving = openRaw(port);
  arriving.socket.write(rawHead(BODY, `Content-Length: ${BODY.length}`));
  const idle = openRaw(port);
  idle.socket.write('GET /livez HTTP/1.1\r\nHost: x\r\n\r\n');
  await until(() => idle.received().includes('200 OK'));

  let closed = false;
  const closing = close().then(() => (closed = true));
  await idle.ended;
  await assert.rejects(send(port), { code: 'ECONNREFUSED' });
  arriving.socket.write(BODY);
  await until(() => taken.length >= 1);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(closed, false);

  gate.resolve();
  const answer = await durable;
  assert.deepEqual([answer.status, answer.headers.connection], [202, 'close']);
  assert.match(await arriving.ended, /^HTTP\/1.1 202 [\s\S]*Connection: close/);
  await closing;
  assert.equal(taken.length, 2);
});

test('what comes on an open connection during closing is still accepted, and at the end answered 503', async (context) => {
  const gate = Promise.withResolvers<void>();
  const accept = async (deliveries: readonly Delivery[]): Promise<AcceptOutcome[]> => {
    await gate.promise;
    return deliveries.map(() => 'accepted');
  };
  const { port, close, counts } = await openFixture(context, { inbox: { accept }, closeGraceMs: 300 });
  const [early, late] = [openRaw(port), openRaw(port)];
  const request = rawHead(BODY, `Content-Length: ${BODY.length}`) + BODY;
  await new Promise((resolve) => setTimeout(resolve, 50));
  late.socket.write(request.slice(0, 20));
  const closing = close();
  early.socket.write(request);
  await new Promise((resolve) => setTimeout(resolve, 500));
  late.socket.write(request.slice(20));
  assert.match(await late.ended, /^HTTP\/1.1 503 /);
  gate.resolve();
  assert.match(await early.ended, /^HTTP\/1.1 202 [\s\S]*Connection: close/);
  await closing;
  assert.equal(counts()['rejections_total{shutting_down}'], 1);
});

test("a client that stalls can't delay closing for long", async (context) => {
  const { port, close } = await openFixture(context, { closeGraceMs: 200 });
  const silent = openRaw(port);
  const stalled = openRaw(port);
  stalled.socket.write(rawHead(BODY, 'Content-Length: 1000'));
  await new Promise((resolve) => setTimeout(resolve, 50));
  const beginMs = performance.now();
  await close();
  assert.ok(performance.now() - beginMs < 2000);
  await Promise.all([silent.ended, stalled.ended]);
});

test('a delivery waiting for the store is not cut off', async (context) => {
  const gate = Promise.withResolvers<void>();
  const accept = async (deliveries: readonly Delivery[]): Promise<AcceptOutcome[]> => {
    await gate.promise;
    return deliveries.map(() => 'accepted');
  };
  const { port, close } = await openFixture(context, { inbox: { accept }, closeGraceMs: 50 });
  const sending = send(port);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const closing = close();
  await new Promise((resolve) => setTimeout(resolve, 200));
  gate.resolve();
  assert.equal((await sending).status, 202);
  await closing;
});
