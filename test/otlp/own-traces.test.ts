import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { preload } from '../faults.ts';
import { type Arrived, startReplying } from '../fixtures/push-server.ts';
import { sendLetters, until } from '../push/receivers.ts';
import { sentWorld } from '../push/sent-world.ts';
import { startConfigured } from '../reload/configured.ts';
import { sumOf } from '../samples.ts';
import { startService } from '../service.ts';
import { readOtlp } from './read-otlp.ts';

interface OwnSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
}

interface Request {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly { readonly spans: readonly OwnSpan[] }[];
  }[];
}

const TAKEN = { status: 200, headers: { 'Content-Type': 'application/x-protobuf' } };

function spansIn(arrived: readonly Arrived[]): OwnSpan[] {
  return arrived.flatMap(({ body }) =>
    (readOtlp('traces', gunzipSync(body)) as Request).resourceSpans.flatMap(({ scopeSpans }) =>
      scopeSpans.flatMap(({ spans }) => spans),
    ),
  );
}

const env = (port: number, share: string) => ({
  ANT_WATCHER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
  ANT_WATCHER_OTLP_TRACES: 'false',
  ANT_WATCHER_OTLP_OWN_TRACES: share,
});

/** Where the engine is: what is called there is a part of the call, or of what calls. */
const PLACES = [
  { where: 'on its own thread', more: { NODE_OPTIONS: preload('') }, call: 'call accept' },
  { where: 'on the main thread', more: { ANT_WATCHER_MEMORY_LIMIT: '400MiB' }, call: null },
];

for (const { where, more, call } of PLACES)
  test(`our own work, with the engine ${where}: a request, the commit that it waits for, and what is done for that, are joined`, async () => {
    await using collector = await startReplying([TAKEN]);
    await using service = await startService({ env: { ...env(collector.port, '1'), ...more } });
    await sendLetters(service, sentWorld('own', 3).letters);
    await service.settled();
    await service.stop();
    const spans = spansIn(collector.arrived);
    const named = (name: string) => spans.filter((span) => span.name === name);
    const partOf = (whole: OwnSpan | undefined, name: string) =>
      named(name).find(({ parentSpanId }) => parentSpanId === whole?.spanId);
    assert.ok(named('GET /metrics').length > 0);

    const requests = new Map(named('POST webhook').map((span) => [span.spanId, span]));
    const commits = named('store deliveries');
    const linked = commits.flatMap(({ links = [] }) => links.map(({ spanId }) => spanId));
    assert.deepEqual(new Set(linked), new Set(requests.keys()), 'each request is in one commit');
    for (const commit of commits) {
      assert.equal(commit.parentSpanId, undefined);
      const transaction = partOf(call === null ? commit : partOf(commit, call), 'transaction');
      assert.equal(transaction?.traceId, commit.traceId);
      assert.ok(BigInt(transaction?.startTimeUnixNano ?? 0) <= BigInt(transaction?.endTimeUnixNano ?? 0));
    }
    const ids = new Set(spans.map(({ spanId }) => spanId));
    assert.equal(ids.size, spans.length, 'ids are unique');
    for (const { name, parentSpanId } of spans)
      assert.ok(parentSpanId === undefined || ids.has(parentSpanId), `${name} has its parent`);
    assert.ok(!spans.some(({ name }) => name === 'POST receiver'), 'sending them is not traced');
  });

for (const { where, more } of PLACES)
  test(`our own work is traced, with the engine ${where}, also after a reload that changes an endpoint`, async () => {
    await using collector = await startReplying([TAKEN]);
    const endpoint = { endpoint: `http://127.0.0.1:${collector.port}`, traces: 'false', own_traces: '1' };
    await using configured = await startConfigured({ otlp: endpoint }, { env: more });
    const { service } = configured;
    for (const timeout of ['8s', '9s']) {
      await configured.change({ otlp: { ...endpoint, timeout } });
      const before = collector.arrived.length;
      const named = (name: string) =>
        spansIn(collector.arrived.slice(before)).some((span) => span.name === name);
      await sendLetters(service, sentWorld(timeout, 1).letters);
      await until('the main thread is not traced', () => named('POST webhook'));
      await until('the engine is not traced', () => named('transaction'));
    }
  });

test('without a share nothing of our own work is sent, and what an endpoint refuses is counted', async () => {
  await using collector = await startReplying([{ status: 400, body: 'no' }]);
  await using quiet = await startService({ env: env(collector.port, '0') });
  await sendLetters(quiet, sentWorld('quiet', 1).letters);
  await quiet.stop();
  assert.equal(collector.arrived.length, 0);
  await using service = await startService({ env: env(collector.port, '1') });
  await until('no span failed', async () => {
    return sumOf(await service.metrics(), 'ant_watcher_own_spans_total', { outcome: 'failed' }) > 0;
  });
});

test('what an endpoint leaves out is at most what it got, and one for metrics alone gets no spans', async () => {
  const body = JSON.stringify({ partialSuccess: { rejectedSpans: '1000000', errorMessage: 'all of it' } });
  const taken = { status: 200, headers: { 'Content-Type': 'application/json' }, body };
  await using collector = await startReplying([taken]);
  await using numbers = await startReplying([TAKEN]);
  const at = (port: number) => `http://127.0.0.1:${port}`;
  await using service = await startService({
    env: {
      ...env(collector.port, '1'),
      ANT_WATCHER_OTLP_ENDPOINT: `spans=${at(collector.port)},numbers=${at(numbers.port)}/v1/metrics`,
      ANT_WATCHER_OTLP_METRICS_INTERVAL: '10s',
    },
  });
  const own = async (outcome: string) =>
    sumOf(await service.metrics(), 'ant_watcher_own_spans_total', { outcome });
  await until('no span failed', async () => (await own('failed')) > 0);
  const failed = await own('failed');
  const sentSpans = spansIn(collector.arrived.filter(({ path }) => path === '/v1/traces')).length;
  assert.ok(failed <= sentSpans, 'what was not sent has not failed');
  assert.equal(await own('sent'), 0);
  await service.stop();
  assert.deepEqual(
    numbers.arrived.filter(({ path }) => path.endsWith('/v1/traces')),
    [],
  );
});
