import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SendOutcome } from '../domain/send-outcome.ts';
import { outcomeOf } from './outcome.ts';

function answered(status: number, body = '', headers: Record<string, string> = {}): SendOutcome {
  return outcomeOf({ status, headers: new Headers(headers), body: Buffer.from(body) });
}

function kindOf(...answer: Parameters<typeof answered>): SendOutcome['kind'] {
  return answered(...answer).kind;
}

test('every status has its outcome', () => {
  const statuses = {
    sent: [200, 202, 204],
    retry: [408, 425, 429, 500, 501, 502, 503, 504, 507, 599],
    too_large: [413],
    rejected: [400, 409, 415, 422],
    refused: [
      300, 301, 302, 303, 304, 307, 308, 401, 402, 403, 404, 405, 407, 410, 411, 414, 421, 426, 431, 451,
    ],
  } satisfies Record<SendOutcome['kind'], number[]>;
  for (const [kind, all] of Object.entries(statuses)) {
    for (const status of all) assert.equal(kindOf(status), kind, String(status));
  }
});

test('a 400 about the address is a configuration error, and words in a label are not', () => {
  for (const body of [
    'remoteAddr: "127.0.0.1:33766"; requestURI: /api/v1/nope; unsupported path requested: "/api/v1/nope"',
    'remoteAddr: "127.0.0.1:1, X-Forwarded-For: 10.0.0.1"; requestURI: //api/v1/write; missing route for /api/v1/write',
    'remoteAddr: "127.0.0.1:1"; requestURI: /insert/x/prometheus; auth error: cannot parse accountID',
    'Client sent an HTTP request to an HTTPS server.\n',
    '<html>\r\n<head><title>400 The plain HTTP request was sent to HTTPS port</title></head>',
  ]) {
    assert.equal(kindOf(400, body), 'refused', body);
  }
  for (const body of [
    'out of order sample: {job="unsupported path requested"}',
    'x remoteAddr: "a"; requestURI: /; unsupported path requested',
    'remoteAddr: "a"; requestURI: /api/v1/write; cannot decompress: unsupported path requested',
  ]) {
    assert.equal(kindOf(400, body), 'rejected', body);
  }
});

test('a web page that answers 200 is not a receiver', () => {
  const html = { 'content-type': 'text/html; charset=utf-8' };
  assert.equal(kindOf(200, '<!doctype html><title>Log in</title>', html), 'refused');
  assert.equal(kindOf(200, '', html), 'sent');
  assert.equal(kindOf(200, 'ok', { 'content-type': 'text/plain' }), 'sent');
});

test('a redirect names its target', () => {
  const outcome = answered(302, '', { location: 'https://vm/x' });
  assert.deepEqual(outcome, { kind: 'refused', reason: '302 redirects to https://vm/x' });
});

test("Retry-After is seconds or a time by the server's clock, and bounded", () => {
  const date = 'Wed, 21 Oct 2015 07:28:00 GMT';
  for (const [retryAfter, ms] of [
    ['0', 0],
    ['7', 7000],
    ['999999999', 600_000],
    ['Wed, 21 Oct 2015 07:28:07 GMT', 7000],
    ['Wed, 21 Oct 2015 07:27:07 GMT', 0],
    ['Wed, 21 Oct 2025 07:28:07 GMT', 600_000],
    ['-7', null],
    ['1.5', null],
    ['soon', null],
    ['', null],
    [undefined, null],
  ] as const) {
    const headers = retryAfter === undefined ? { date } : { date, 'retry-after': retryAfter };
    const outcome = { kind: 'retry', reason: '503 ', retryAfterMs: ms };
    assert.deepEqual(answered(503, '', headers), outcome, String(retryAfter));
  }
  assert.deepEqual(answered(503, '', { 'retry-after': 'Wed, 21 Oct 2015 07:28:07 GMT' }), {
    kind: 'retry',
    reason: '503 ',
    retryAfterMs: null,
  });
});

test('certificate and host name failures are configuration errors', () => {
  const kindOfCode = (code: string) => outcomeOf({ failure: 'network', reason: code, code }).kind;
  for (const code of [
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'CERT_HAS_EXPIRED',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'ERR_SSL_WRONG_VERSION_NUMBER',
    'EPROTO',
    'ENOTFOUND',
  ]) {
    assert.equal(kindOfCode(code), 'refused', code);
  }
  for (const code of [
    'ECONNREFUSED',
    'ECONNRESET',
    'EAI_AGAIN',
    'ETIMEDOUT',
    'EPIPE',
    'HPE_INVALID_CONSTANT',
  ]) {
    assert.equal(kindOfCode(code), 'retry', code);
  }
});

test('nothing listens there, directly or behind a proxy: the receiver may restart', () => {
  const isAway = (outcome: SendOutcome) => 'isAway' in outcome && outcome.isAway;
  const failed = (code: string) => outcomeOf({ failure: 'network', reason: code, code });
  assert.deepEqual([isAway(failed('ECONNREFUSED')), isAway(answered(502))], [true, true]);
  for (const outcome of [failed('ECONNRESET'), answered(500), answered(503), answered(504)])
    assert.equal(isAway(outcome), false);
});
