import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readQuota } from './response-headers.ts';
import { judge } from './verdict.ts';

function verdictOf(status: number, headers: Record<string, string> = {}, body = '') {
  return judge({ status, headers: new Headers(headers), body: Buffer.from(body) });
}

test('successful and expected answers are recognised', () => {
  for (const [status, kind] of [
    [200, 'ok'],
    [204, 'ok'],
    [304, 'not_modified'],
    [404, 'missing'],
    [410, 'missing'],
  ] as const) {
    assert.equal(verdictOf(status).kind, kind);
  }
  assert.deepEqual(verdictOf(301, { Location: '/x' }), { kind: 'moved', to: '/x' });
  assert.deepEqual(verdictOf(307), { kind: 'moved', to: null });
});

test('a 403 or 429 has one of four meanings', () => {
  const spent = { 'x-ratelimit-remaining': '0' };
  const secondary = '{"message": "You have exceeded a secondary rate limit."}';
  const plain = '{"message": "Resource not accessible by integration"}';
  for (const status of [403, 429]) {
    assert.equal(verdictOf(status, {}, secondary).kind, 'slow_down');
    assert.equal(verdictOf(status, spent, secondary).kind, 'slow_down');
    assert.equal(verdictOf(status, { 'Retry-After': '7' }, plain).kind, 'slow_down');
    assert.equal(verdictOf(status, spent, '{"message": "API rate limit exceeded"}').kind, 'used_up');
    assert.equal(verdictOf(status, {}, '{"message": "API rate limit exceeded"}').kind, 'slow_down');
  }
  assert.equal(verdictOf(429).kind, 'slow_down');
  assert.equal(verdictOf(403).kind, 'forbidden');
  assert.equal(verdictOf(403, { 'x-ratelimit-remaining': '10' }, plain).kind, 'forbidden');
  const abuse = '{"message": "You have triggered an abuse detection mechanism."}';
  assert.equal(verdictOf(403, {}, abuse).kind, 'slow_down');
});

test('content blocked for legal reasons is forbidden, and neither missing nor a failure', () => {
  const verdict = verdictOf(451, {}, '{"message": "Repository access blocked"}');
  assert.deepEqual(verdict, { kind: 'forbidden', said: '451 Repository access blocked' });
});

test("Retry-After is honoured, also as a time by the server's clock", () => {
  const slow = verdictOf(403, {
    'Retry-After': 'Wed, 21 Oct 2026 07:28:30 GMT',
    Date: 'Wed, 21 Oct 2026 07:28:00 GMT',
  });
  assert.ok(slow.kind === 'slow_down' && slow.retryAfterMs === 30_000);
  const down = verdictOf(503, { 'Retry-After': '5' });
  assert.ok(down.kind === 'transient' && down.retryAfterMs === 5000);
});

test('too many failed logins are neither a limit nor a missing permission', () => {
  const said = '{"message":"Maximum number of login attempts exceeded. Please try again later."}';
  assert.equal(verdictOf(403, {}, said).kind, 'locked_out');
  assert.equal(verdictOf(403, { 'x-ratelimit-remaining': '0' }, said).kind, 'locked_out');
});

test('server errors may be transient, request errors are not', () => {
  for (const status of [500, 502, 503, 504, 408]) assert.equal(verdictOf(status).kind, 'transient');
  for (const status of [400, 415, 422]) assert.equal(verdictOf(status).kind, 'refused');
  assert.equal(verdictOf(401).kind, 'unauthorized');
});

test("GitHub's message is one short line without secrets", () => {
  const said = (body: string) => {
    const verdict = verdictOf(422, {}, body);
    assert.ok(verdict.kind === 'refused');
    return verdict.said;
  };
  assert.equal(said('{"message":"No \\"x\\"","documentation_url":"u"}'), '422 No \\"x\\"');
  assert.equal(said('<html>\n\n<b>no</b>'), '422 <html> <b>no</b>');
  assert.doesNotMatch(said('bad: ghs_0123456789abcdef'), /0123456789/);
  assert.ok(said('x'.repeat(5000)).length < 250);
});

test('limits are converted to our clock, and impossible or non-numeric limits are ignored', () => {
  const NOW = 1_700_000_000_000;
  const headers = {
    'x-ratelimit-limit': '5000',
    'x-ratelimit-remaining': '4999',
    'x-ratelimit-reset': '1700000460',
    'x-ratelimit-resource': 'core',
  };
  const read = (more: Record<string, string>) => readQuota(new Headers({ ...headers, ...more }), NOW);
  assert.deepEqual(read({}), {
    resource: 'core',
    quota: { limit: 5000, remaining: 4999, resetMs: NOW + 460_000 },
  });
  // The server's clock is 400 s ahead of ours.
  assert.equal(read({ Date: new Date(NOW + 400_000).toUTCString() })?.quota.resetMs, NOW + 60_000);
  for (const date of ['Wed, 01 Jan 3000 00:00:00 GMT', 'Thu, 01 Jan 1970 00:00:00 GMT', 'yesterday'])
    assert.equal(read({ Date: date })?.quota.resetMs, NOW + 460_000);
  assert.equal(read({ 'x-ratelimit-reset': '99999999999' }), null);
  assert.equal(read({ 'x-ratelimit-remaining': '5001' }), null);
  assert.equal(read({ 'x-ratelimit-resource': 'a"b' })?.resource, 'core');
  for (const text of ['', '-1', 'many']) assert.equal(read({ 'x-ratelimit-limit': text }), null);
});
