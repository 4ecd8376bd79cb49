import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import {
  type Arrived,
  openTestReceiver,
  startMisbehaving,
  startReplying,
} from '../../test/fixtures/push-server.ts';
import type { EventSample } from '../domain/event-sample.ts';

const AT_MS = 1_700_000_000_123;
const SAMPLES: readonly EventSample[] = [{ metric: 'm', labels: ['a="b"'], value: 1.5, atMs: AT_MS }];
const NO_CONTENT = { status: 204 };
/** Long enough for a loopback connection, short enough to wait for. */
const SHORT_MS = 300;

function urlOf({ port }: { readonly port: number }): string {
  return `http://127.0.0.1:${port}`;
}

function textOf(arrived: Arrived | undefined): string {
  return gunzipSync(arrived?.body ?? '').toString();
}

test('samples arrive compressed, over one connection, with identifying headers', async () => {
  await using server = await startReplying([NO_CONTENT, { status: 200, body: 'ok' }, NO_CONTENT]);
  await using receiver = openTestReceiver({
    url: `${urlOf(server)}?x=1`,
    headers: { 'X-Scope-OrgID': 'ants' },
    extraLabels: [['site', 'x']],
  });
  for (let i = 0; i < 3; i++) assert.deepEqual(await receiver.send(SAMPLES), { kind: 'sent' });
  const [first] = server.arrived;
  assert.equal(first?.method, 'POST');
  assert.equal(first.path, '/api/v1/import/prometheus?x=1');
  assert.equal(first.headers['content-encoding'], 'gzip');
  assert.equal(first.headers['user-agent'], 'ant-watcher/1.2.3');
  assert.equal(first.headers['x-scope-orgid'], 'ants');
  assert.equal(first.headers.authorization, undefined);
  assert.equal(textOf(first), `m{a="b",site="x"} 1.5 ${AT_MS}\n`);
  assert.equal(server.connections(), 1);
});

test('remote write sends its version headers', async () => {
  await using server = await startReplying([NO_CONTENT]);
  await using receiver = openTestReceiver({ url: urlOf(server), protocol: 'remote_write' });
  assert.deepEqual(await receiver.send(SAMPLES), { kind: 'sent' });
  const [{ path, headers } = assert.fail('nothing')] = server.arrived;
  assert.equal(path, '/api/v1/write');
  assert.equal(headers['content-type'], 'application/x-protobuf');
  assert.equal(headers['content-encoding'], 'snappy');
  assert.equal(headers['x-prometheus-remote-write-version'], '0.1.0');
});

test('no samples mean no request', async () => {
  await using receiver = openTestReceiver({ url: 'http://127.0.0.1:1' });
  assert.deepEqual(await receiver.send([]), { kind: 'sent' });
});

test('an exposition is sent with its time, and stops at its first failure', async () => {
  await using server = await startReplying([NO_CONTENT, { status: 503 }, NO_CONTENT]);
  await using vm = openTestReceiver({ url: `${urlOf(server)}?x=1` });
  assert.deepEqual(await vm.snapshot(Buffer.from('m 1\n'), AT_MS), { kind: 'sent' });
  assert.equal(server.arrived[0]?.path, `/api/v1/import/prometheus?x=1&timestamp=${AT_MS}`);
  assert.equal(textOf(server.arrived[0]), 'm 1\n');

  await using other = openTestReceiver({ url: urlOf(server), protocol: 'remote_write' });
  const large = Buffer.from('m 1\n'.repeat(2500));
  assert.equal((await other.snapshot(large, AT_MS)).kind, 'retry');
  assert.equal(server.arrived.length, 2);
  assert.equal((await other.snapshot(large, AT_MS)).kind, 'sent');
  assert.equal(server.arrived.length, 5);
});

test("the server's answer is the reason, bounded and without our secrets", async () => {
  await using server = await startReplying([
    { status: 400, body: `no: hunter2, aHVudGVyMg, ${'x'.repeat(5000)}` },
    { status: 429, headers: { 'Retry-After': '7' }, body: 'slow down' },
  ]);
  await using receiver = openTestReceiver({ url: urlOf(server), bearerToken: 'hunter2' });
  const rejected = await receiver.send(SAMPLES);
  assert.ok(rejected.kind === 'rejected');
  assert.match(rejected.reason, /^400 no: <secret>, aHVudGVyMg, x{200,300}…$/);
  assert.deepEqual(await receiver.send(SAMPLES), {
    kind: 'retry',
    reason: '429 slow down',
    retryAfterMs: 7000,
  });
});

test('a redirect is not followed', async () => {
  await using aim = await startReplying([NO_CONTENT]);
  await using server = await startReplying([{ status: 307, headers: { Location: urlOf(aim) } }]);
  await using receiver = openTestReceiver({ url: urlOf(server) });
  assert.equal((await receiver.send(SAMPLES)).kind, 'refused');
  assert.equal(aim.connections(), 0);
});

const HEAD = 'HTTP/1.1 200 OK\r\n';
const MISBEHAVIOURS: Readonly<Record<string, (socket: Socket) => void>> = {
  'a hang': () => {},
  'half a head': (socket) => socket.write(HEAD),
  'half a head, then the end': (socket) => socket.end(HEAD),
  'half a body': (socket) => socket.write(`${HEAD}Content-Length: 9\r\n\r\nhalf`),
  'half a body, then the end': (socket) => socket.end(`${HEAD}Content-Length: 9\r\n\r\nhalf`),
  'half a chunked body, then the end': (socket) =>
    socket.end(`${HEAD}Transfer-Encoding: chunked\r\n\r\n9\r\nhalf`),
  'a slow drip': (socket) => {
    socket.write(`${HEAD}Content-Length: 99999\r\n\r\n`);
    const drip = setInterval(() => socket.write('x'), 10);
    socket.on('close', () => clearInterval(drip));
  },
  'a reset': (socket) => socket.resetAndDestroy(),
  'the end': (socket) => socket.end(),
  garbage: (socket) => socket.end('\u0000\u0001 no HTTP'),
  'an endless head': (socket) => socket.write(`${HEAD}X: ${'x'.repeat(100_000)}`),
};

for (const [name, misbehave] of Object.entries(MISBEHAVIOURS)) {
  test(`after ${name}, the samples are to be sent again`, async () => {
    await using server = await startMisbehaving(misbehave);
    await using receiver = openTestReceiver({ url: urlOf(server), timeoutMs: SHORT_MS });
    const outcome = await receiver.send(SAMPLES);
    assert.ok(outcome.kind === 'retry', JSON.stringify(outcome));
    assert.ok(outcome.reason.length > 0 && outcome.reason.length < 320);
    assert.equal(outcome.retryAfterMs, null);
  });
}

test('a timeout is reported as such', async () => {
  await using server = await startMisbehaving(() => {});
  await using receiver = openTestReceiver({ url: urlOf(server), timeoutMs: 1 });
  const outcome = await receiver.send(SAMPLES);
  assert.deepEqual(outcome, { kind: 'retry', reason: 'no complete answer in time', retryAfterMs: null });
});

// Sooner than it would end by itself.
test('close ends the open connection', { timeout: 10_000 }, async () => {
  const closed = Promise.withResolvers<void>();
  await using server = await startMisbehaving((socket) => {
    socket.on('close', () => closed.resolve());
    socket.write('HTTP/1.1 204 No Content\r\n\r\n');
  });
  const receiver = openTestReceiver({ url: urlOf(server) });
  assert.deepEqual(await receiver.send(SAMPLES), { kind: 'sent' });
  await receiver.close();
  await closed.promise;
});

test('only the beginning of an endless body is read', async () => {
  const closed = Promise.withResolvers<void>();
  await using server = await startMisbehaving((socket) => {
    socket.on('close', () => closed.resolve());
    socket.write('HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\n');
    const pour = () => {
      while (!socket.destroyed && socket.write(`400\r\n${'x'.repeat(1024)}\r\n`));
    };
    socket.on('drain', pour);
    pour();
  });
  await using receiver = openTestReceiver({ url: urlOf(server) });
  const outcome = await receiver.send(SAMPLES);
  assert.ok(outcome.kind === 'retry');
  assert.match(outcome.reason, /^500 x+…$/);
  await closed.promise;
});

test('after a lost connection, the next request opens a new one', async () => {
  let connections = 0;
  await using server = await startMisbehaving((socket) => {
    if (++connections === 1) socket.destroy();
    else socket.end('HTTP/1.1 204 No Content\r\n\r\n');
  });
  await using receiver = openTestReceiver({ url: urlOf(server) });
  assert.equal((await receiver.send(SAMPLES)).kind, 'retry');
  assert.equal((await receiver.send(SAMPLES)).kind, 'sent');
});

test('a closed port is tried again later', async () => {
  const server = await startReplying([NO_CONTENT]);
  await server[Symbol.asyncDispose]();
  await using receiver = openTestReceiver({ url: urlOf(server) });
  const outcome = await receiver.send(SAMPLES);
  assert.ok(outcome.kind === 'retry');
  assert.match(outcome.reason, /ECONNREFUSED/);
});

test('the signal and close abort a request under way', async () => {
  const hanging = Promise.withResolvers<void>();
  await using server = await startMisbehaving(() => hanging.resolve());
  await using receiver = openTestReceiver({ url: urlOf(server) });
  const controller = new AbortController();
  const aborted = receiver.send(SAMPLES, controller.signal);
  await hanging.promise;
  controller.abort();
  const givenUp = { kind: 'retry', reason: 'aborted', retryAfterMs: null };
  assert.deepEqual(await aborted, givenUp);
  assert.deepEqual(await receiver.send(SAMPLES, controller.signal), givenUp);

  const closed = [receiver.send(SAMPLES), receiver.snapshot(Buffer.from('m 1\n'), AT_MS)];
  await receiver.close();
  assert.deepEqual(await Promise.all(closed), [givenUp, givenUp]);
  assert.deepEqual(await receiver.send(SAMPLES), givenUp);
});

test('secrets in an answer or its Location do not appear in the reason', async () => {
  await using server = await startReplying([
    { status: 302, headers: { Location: 'https://sso/?token=hunter2' } },
    { status: 403, body: 'nope token=hunter2' },
  ]);
  await using receiver = openTestReceiver({ url: urlOf(server) });
  const reasons = [await receiver.send(SAMPLES), await receiver.send(SAMPLES)].map(
    (outcome) => 'reason' in outcome && outcome.reason,
  );
  assert.deepEqual(reasons, ['302 redirects to https://sso/?token=<secret>', '403 nope token=<secret>']);
});

test('the process behind a receiver is asked for beside the endpoint, with the same login, and not waited for long', async () => {
  const body = 'process_start_time_seconds 1795915713\nvm_app_version{version=""} 1\n';
  await using server = await startReplying([{ status: 200, body }]);
  await using receiver = openTestReceiver({ url: `${urlOf(server)}/vm`, bearerToken: 'a-token' });
  const found = await receiver.process();
  assert.deepEqual(found, {
    kind: 'answers',
    startedAt: '1795915713',
    isDatabase: false,
    isIdempotent: false,
  });
  const [{ method, path, headers } = assert.fail('nothing was asked')] = server.arrived;
  assert.deepEqual([method, path, headers.authorization], ['GET', '/vm/metrics', 'Bearer a-token']);

  await using hanging = await startMisbehaving(() => undefined);
  await using patient = openTestReceiver({ url: urlOf(hanging), timeoutMs: SHORT_MS });
  assert.deepEqual(await patient.process(), { kind: 'silent' });
  assert.deepEqual(await patient.process(AbortSignal.abort()), { kind: 'silent' });
});
