import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { keyOf, sized, text, VARINT, writeVarint } from '../outbound/protobuf.ts';
import { otlpOutcomeOf } from './outcome.ts';

type Type = 'application/x-protobuf' | 'application/json' | 'text/plain' | 'text/html';

function answered(status: number, body: string | Uint8Array = '', type: Type = 'text/plain', more = {}) {
  const headers = new Headers({ 'content-type': type, ...more });
  return otlpOutcomeOf({ status, headers, body: Buffer.from(body) });
}

function bytesOf(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

/** `ExportTraceServiceResponse` with a partial success. */
function partialSuccess(rejected: number, message: string): Uint8Array {
  const count = Buffer.alloc(12);
  count[0] = keyOf(1, VARINT);
  const bytes = count.toString('latin1', 0, writeVarint(count, rejected, 1));
  return bytesOf(sized(1, bytes + text(2, message)));
}

test('a request that was taken in part counts what was left out, in both encodings', () => {
  const left = { kind: 'sent', rejected: { count: 300, reason: 'too old' } };
  assert.deepEqual(answered(200, partialSuccess(300, 'too old'), 'application/x-protobuf'), left);
  // In JSON, 64-bit numbers are texts, and some servers write numbers.
  for (const rejectedSpans of ['300', 300]) {
    const body = JSON.stringify({ partialSuccess: { rejectedSpans, errorMessage: 'too old' } });
    assert.deepEqual(answered(200, body, 'application/json'), left);
  }
  const points = JSON.stringify({ partialSuccess: { rejectedDataPoints: '2' } });
  assert.deepEqual(answered(200, points, 'application/json'), {
    kind: 'sent',
    rejected: { count: 2, reason: 'it gives no reason' },
  });
});

test('a reason of which only the beginning was read counts what was left out, in both encodings', () => {
  const long = 'too old, '.repeat(3000);
  const json = JSON.stringify({ partialSuccess: { rejectedSpans: '300', errorMessage: long } });
  for (const [type, body] of [
    ['application/x-protobuf', partialSuccess(300, long)],
    ['application/json', Buffer.from(json)],
  ] as const) {
    const headers = new Headers({ 'content-type': type });
    const cut = Buffer.from(body).subarray(0, 16_384);
    const outcome = otlpOutcomeOf({ status: 200, headers, body: cut, isCut: true });
    assert.ok(outcome.kind === 'sent' && outcome.rejected !== undefined, JSON.stringify(outcome));
    assert.equal(outcome.rejected.count, 300);
    assert.match(outcome.rejected.reason, /^too old, too old/);
    assert.equal(otlpOutcomeOf({ status: 200, headers, body: cut }).kind, 'refused', 'broken, and not cut');
    const page = Buffer.from(`<p>${long}`);
    assert.equal(otlpOutcomeOf({ status: 200, headers, body: page, isCut: true }).kind, 'refused');
  }
});

test('a count that is larger than any request means all of it, and one that is no int64 means nothing', () => {
  const countIn = (rejectedSpans: string) => {
    const body = JSON.stringify({ partialSuccess: { rejectedSpans, errorMessage: 'x' } });
    const outcome = answered(200, body, 'application/json');
    return outcome.kind === 'sent' ? (outcome.rejected?.count ?? 0) : null;
  };
  assert.equal(countIn(String(2n ** 62n)), Number.MAX_SAFE_INTEGER);
  for (const count of ['99999999999999999999', '-5', '1.5', 'many']) assert.equal(countIn(count), 0, count);
});

test('an answer that leaves nothing out is a success, whatever else is in it', () => {
  const sent = { kind: 'sent' };
  assert.deepEqual(answered(200), sent);
  assert.deepEqual(answered(202, '{}', 'application/json'), sent);
  assert.deepEqual(answered(200, '{"partialSuccess":{}}', 'application/json'), sent);
  // A warning: https://opentelemetry.io/docs/specs/otlp/#partial-success-1
  assert.deepEqual(answered(200, partialSuccess(0, 'deprecated'), 'application/x-protobuf'), sent);
  assert.deepEqual(answered(200, '{"status":"ok"}', 'application/json'), sent);
  // As the Collector answers: a part that is empty.
  assert.deepEqual(answered(200, bytesOf(sized(1, '')), 'application/x-protobuf'), sent);
  // -1 as an int64.
  const negative = Buffer.from([0x0a, 0x0b, 0x08, ...new Array(9).fill(0xff), 0x01]);
  assert.deepEqual(answered(200, negative, 'application/x-protobuf'), sent);
});

test('an answer that is none of OTLP acknowledges nothing, and none is a bug', () => {
  for (const [body, type] of [
    ['<html>Log in</html>', 'text/html'],
    ['OK', 'text/plain'],
    ['"ok"', 'application/json'],
    ['<html>Log in</html>', 'application/x-protobuf'],
    [Uint8Array.of(10, 200), 'application/x-protobuf'],
  ] as const)
    assert.equal(answered(200, body, type).kind, 'refused', String(body));
  const types = fc.constantFrom<Type>('application/x-protobuf', 'application/json', 'text/plain');
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), types, (body, type) => {
      assert.match(answered(200, body, type).kind, /^(sent|refused)$/);
    }),
  );
});

test('the message of an error is read out of either encoding', () => {
  const status = Buffer.concat([Buffer.from([keyOf(1, VARINT), 3]), bytesOf(text(2, 'no trace id'))]);
  assert.deepEqual(answered(400, status, 'application/x-protobuf'), {
    kind: 'rejected',
    reason: '400 no trace id',
  });
  assert.deepEqual(answered(400, '{"code":3,"message":"no trace id"}', 'application/json'), {
    kind: 'rejected',
    reason: '400 no trace id',
  });
  assert.deepEqual(answered(429, 'slow down', 'text/plain', { 'retry-after': '30' }), {
    kind: 'retry',
    reason: '429 slow down',
    retryAfterMs: 30_000,
  });
});

test('every status has its outcome', () => {
  const statuses = {
    sent: [200, 202, 204],
    retry: [408, 429, 500, 501, 502, 503, 504, 505, 507],
    too_large: [413],
    rejected: [400, 409, 422],
    // open-telemetry/opentelemetry-collector#5829: these are about the address, and not about the data.
    refused: [301, 307, 401, 402, 403, 404, 405, 406, 415],
  };
  for (const [kind, all] of Object.entries(statuses))
    for (const status of all) assert.equal(answered(status).kind, kind, String(status));
  const mayBeContent = statuses.retry.filter((status) => 'mayBeContent' in answered(status));
  assert.deepEqual(mayBeContent, [500, 501, 505, 507]);
});

test('a wrong address or encoding gets a hint', () => {
  const hintOf = (outcome: ReturnType<typeof otlpOutcomeOf>) =>
    'hint' in outcome ? outcome.hint : undefined;
  assert.match(hintOf(answered(404)) ?? '', /path ends in \/v1\/traces/);
  assert.match(hintOf(answered(415)) ?? '', /otlp.compression none/);
  // What Node.js says to the first frame of HTTP/2: open-telemetry/opentelemetry-js#4166.
  const grpc = otlpOutcomeOf({
    failure: 'network',
    reason: 'Parse Error: Expected HTTP/, RTSP/ or ICE/',
    code: 'HPE_INVALID_CONSTANT',
  });
  assert.equal(grpc.kind, 'refused');
  assert.match(hintOf(grpc) ?? '', /port of gRPC\? OTLP over HTTP has 4318/);
  const away = otlpOutcomeOf({ failure: 'network', reason: 'refused', code: 'ECONNREFUSED' });
  assert.equal(away.kind, 'retry');
});
