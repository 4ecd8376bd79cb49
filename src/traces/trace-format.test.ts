import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { jobEntry, runEntry, waitEntry } from '../../test/fixtures/trace-entries.ts';
import { readOtlp } from '../../test/otlp/read-otlp.ts';
import { spanCount, type TraceEntry } from '../domain/trace-entry.ts';
import { otlpTraceFormat, type TraceFormatOptions } from './trace-format.ts';

const OPTIONS: TraceFormatOptions = {
  ids: 'check-run',
  style: 'semconv',
  people: false,
  serviceName: '{repository}',
  webUrl: 'https://github.com',
  version: '1.2.3',
  encoding: 'protobuf',
  compression: 'gzip',
  batchSpans: 1000,
};

const MIB = 1024 * 1024;

/** The bodies of the requests that it takes to send them all, decompressed. */
async function requestsOf(entries: readonly TraceEntry[], options: Partial<TraceFormatOptions> = {}) {
  const format = otlpTraceFormat({ ...OPTIONS, ...options });
  const bodies: Buffer[] = [];
  for (let at = 0; at < entries.length; ) {
    const encoded = await format.encode(entries.slice(at));
    assert.ok(encoded.problem === null && encoded.count > 0);
    const { count, payload } = encoded;
    bodies.push(
      format.headers['Content-Encoding'] === 'gzip' ? gunzipSync(payload.body) : Buffer.from(payload.body),
    );
    at += count;
  }
  return bodies;
}

interface Request {
  readonly resourceSpans: readonly {
    readonly resource: object;
    readonly scopeSpans: readonly { readonly spans: readonly object[] }[];
  }[];
}

function spansIn({ resourceSpans }: Request): number {
  return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)).length;
}

const matrix = Array.from({ length: 256 }, (_, at) => jobEntry(15, { jobId: 1000 + at }));

for (const encoding of ['protobuf', 'json'] as const) {
  const read = (body: Buffer) =>
    (encoding === 'json' ? JSON.parse(body.toString()) : readOtlp('traces', body)) as Request;

  test(`a matrix of 256 jobs goes in requests of up to 1,000 spans and 1 MiB: ${encoding}`, async () => {
    const entries = [runEntry(), ...matrix];
    const bodies = await requestsOf(entries, { encoding });
    const spans = bodies.map(read).map(spansIn);
    assert.ok(bodies.every(({ length }) => length <= MIB));
    assert.ok(spans.every((count) => count <= 1000));
    assert.ok(spans.length <= 6, `${spans.length} requests`);
    assert.equal(
      spans.reduce((sum, count) => sum + count),
      entries.reduce((sum, entry) => sum + spanCount(entry), 0),
    );
  });

  test(`a job of 1,000 steps is one request, and long names make smaller ones: ${encoding}`, async () => {
    const [whole, ...others] = await requestsOf([jobEntry(1000)], { encoding });
    assert.ok(whole && others.length === 0);
    assert.ok(spansIn(read(whole)) > 1000);
    const long = matrix.map((job) => ({
      ...job,
      steps: job.steps.map((step) => ({ ...step, name: 'é'.repeat(1000) })),
    }));
    const bodies = await requestsOf(long, { encoding });
    assert.ok(bodies.every(({ length }) => length <= MIB));
  });
}

test('requests have as many spans as the setting says, and never a part of a job', async () => {
  const entries = Array.from({ length: 10 }, () => jobEntry(9));
  const each = spanCount(jobEntry(9));
  for (const [batchSpans, requests] of [
    [3 * each, 4],
    [3 * each - 1, 5],
    [1, 10],
  ] as const) {
    const bodies = await requestsOf(entries, { batchSpans });
    assert.equal(bodies.length, requests, `${batchSpans} spans`);
  }
});

test('the spans of one attempt share a resource, those of another style have their own', async () => {
  const entries = [runEntry(), jobEntry(1), waitEntry({ jobId: 7 })];
  const [body] = await requestsOf(entries);
  assert.ok(body);
  assert.equal((readOtlp('traces', body) as Request).resourceSpans.length, 1);
  const [other] = await requestsOf(entries, { style: 'githubreceiver', compression: 'none' });
  assert.ok(other);
  assert.equal((readOtlp('traces', other) as Request).resourceSpans.length, 3);
});

test('a request without spans is one of OTLP too', async () => {
  const plain = otlpTraceFormat({ ...OPTIONS, encoding: 'json', compression: 'none' });
  assert.equal(Buffer.from((await plain.encodeEmpty?.())?.body ?? []).toString(), '{}');
  assert.deepEqual(plain.headers, { 'Content-Type': 'application/json' });
  const packed = otlpTraceFormat(OPTIONS);
  assert.equal(gunzipSync((await packed.encodeEmpty?.())?.body ?? Buffer.alloc(0)).length, 0);
  assert.deepEqual(packed.headers, {
    'Content-Type': 'application/x-protobuf',
    'Content-Encoding': 'gzip',
  });
});
