import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SendOutcome } from '../domain/send-outcome.ts';
import { otlpOutcomeOf } from './answer.ts';
import { MessageWriter } from './message-writer.ts';

const PROTOBUF = 'application/x-protobuf';
const JSON_TYPE = 'application/json';

function outcome(
  status: number,
  type = '',
  body: string | Uint8Array = '',
  more: Record<string, string> = {},
): SendOutcome {
  const headers = new Headers({ ...(type !== '' && { 'Content-Type': type }), ...more });
  return otlpOutcomeOf({ status, headers, body: Buffer.from(body) });
}

function message(write: (writer: MessageWriter) => void): Uint8Array {
  const writer = new MessageWriter(16);
  write(writer);
  return writer.bytes;
}

const partial = (rejected: number, reason: string) =>
  message((writer) =>
    writer.message(1, () => {
      writer.number(1, rejected);
      writer.text(2, reason);
    }),
  );

test('accepted', () => {
  for (const answer of [
    outcome(200, PROTOBUF),
    outcome(200, JSON_TYPE, '{}'),
    outcome(200, JSON_TYPE, '{"partialSuccess":{}}'),
    outcome(200, JSON_TYPE, '{"partialSuccess":null}'),
    outcome(202),
    outcome(204),
    // A warning: nothing was rejected.
    outcome(200, PROTOBUF, partial(0, 'slow down a little')),
    // As the Collector answers JSON with an empty part.
    outcome(
      200,
      PROTOBUF,
      message((writer) => writer.message(1, () => undefined)),
    ),
  ])
    assert.deepEqual(answer, { kind: 'sent' });
});

test('accepted in part: how many, and why', () => {
  const expected = { kind: 'sent', rejected: { count: 300, reason: 'too old' } };
  assert.deepEqual(outcome(200, PROTOBUF, partial(300, 'too old')), expected);
  const words = (rejected: unknown) =>
    JSON.stringify({ partialSuccess: { rejectedSpans: rejected, errorMessage: 'too old' } });
  assert.deepEqual(outcome(200, JSON_TYPE, words('300')), expected);
  assert.deepEqual(outcome(200, JSON_TYPE, words(300)), expected);
  const points = '{"partialSuccess":{"rejectedDataPoints":"2"}}';
  assert.deepEqual(outcome(200, JSON_TYPE, points), { kind: 'sent', rejected: { count: 2, reason: '' } });
});

test('something else answers at that address', () => {
  for (const answer of [
    outcome(200, 'text/html', '<html>Log in</html>'),
    outcome(200, 'text/plain', 'OK'),
    outcome(200, JSON_TYPE, '"ok"'),
    outcome(200, PROTOBUF, '<html>Log in</html>'),
    outcome(200, PROTOBUF, Uint8Array.of(10, 200)),
    outcome(301, '', '', { Location: 'https://elsewhere' }),
    outcome(400, '', 'Client sent an HTTP request to an HTTPS server.'),
    outcome(404, PROTOBUF),
    outcome(405),
  ])
    assert.equal(answer.kind, 'refused', JSON.stringify(answer));
});

test('come back later', () => {
  for (const status of [429, 502, 503, 504]) {
    const answer = outcome(status, PROTOBUF, '', { 'Retry-After': '7' });
    assert.ok(answer.kind === 'retry', String(status));
    assert.equal(answer.retryAfterMs, 7000);
  }
  assert.equal(otlpOutcomeOf({ failure: 'timeout', reason: 'no answer' }).kind, 'retry');
});

test('never again', () => {
  for (const status of [400, 408, 409, 415, 422, 425, 500, 501, 505])
    assert.equal(outcome(status).kind, 'rejected', String(status));
  assert.equal(outcome(413).kind, 'too_large');
  for (const status of [401, 403]) assert.equal(outcome(status).kind, 'refused', String(status));
});

test('the reason is the text of the error, in either encoding', () => {
  const status = message((writer) => {
    writer.number(1, 3);
    writer.text(2, 'span id is empty');
  });
  assert.deepEqual(outcome(400, PROTOBUF, status), { kind: 'rejected', reason: '400 span id is empty' });
  const json = outcome(400, JSON_TYPE, '{"code":3,"message":"span id is empty"}');
  assert.match(json.kind === 'rejected' ? json.reason : '', /span id is empty/);
});
