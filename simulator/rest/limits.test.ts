import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as immediate } from 'node:timers/promises';
import { type Json, openFixture } from '../../test/fixtures/simulated-rest.ts';

const PATH = '/repos/lumen-works/web-shop';

test('each credential has an hourly budget, shown in every answer; then 403 until it is refilled', async () => {
  await using fixture = await openFixture({ limits: { perHour: 3 } });
  const remaining: unknown[] = [];
  for (let asked = 0; asked < 3; asked++) {
    remaining.push((await fixture.get(PATH)).headers.get('x-ratelimit-remaining'));
  }
  assert.deepEqual(remaining, ['2', '1', '0']);
  const refused = await fixture.get(PATH);
  assert.equal(refused.status, 403);
  assert.match(String(refused.body.message), /^API rate limit exceeded for user ID/);
  const { headers } = refused;
  const values = ['limit', 'used', 'remaining', 'resource'].map((name) => headers.get(`x-ratelimit-${name}`));
  assert.deepEqual(values, ['3', '3', '0', 'core']);
  const token = await fixture.installationToken();
  assert.equal((await fixture.get(PATH, { authorization: `Bearer ${token}` })).status, 200);
  fixture.nowMs = Number(headers.get('x-ratelimit-reset')) * 1000;
  assert.equal((await fixture.get(PATH)).status, 200);
});

test('an hour and a minute can be shortened, and others can use up the budget', async () => {
  const limits = { perHour: 4, hourMs: 10_000, pointsPerMinute: 2, minuteMs: 1000 };
  await using fixture = await openFixture({ limits });
  const statuses: number[] = [];
  const ask = async () => statuses.push((await fixture.get(PATH)).status);
  for (let asked = 0; asked < 3; asked++) await ask();
  fixture.nowMs += 1000;
  fixture.github.limits.useUp();
  await ask();
  fixture.nowMs += 9000;
  await ask();
  assert.deepEqual(statuses, [200, 200, 403, 403, 200]);
  assert.deepEqual(fixture.github.limits.refused, { primary: 1, secondary: 1 });
});

test('asking for the rate limit is free, even when the budget is spent', async () => {
  await using fixture = await openFixture({ limits: { perHour: 1, status: 429 } });
  await fixture.get(PATH);
  assert.equal((await fixture.get(PATH)).status, 429);
  await fixture.get('/rate_limit');
  const { status, body } = await fixture.get('/rate_limit');
  assert.equal(status, 200);
  const { limit, used, remaining } = (body as { rate: Json }).rate;
  assert.deepEqual({ limit, used, remaining }, { limit: 1, used: 1, remaining: 0 });
});

test('an unchanged resource is 304 and costs nothing; another token gets another ETag', async () => {
  await using fixture = await openFixture();
  const first = await fixture.get(PATH);
  const etag = first.headers.get('etag') ?? '';
  assert.match(etag, /^W\/"[0-9a-f]{64}"$/);
  const again = await fixture.get(PATH, { 'if-none-match': `"other", ${etag}` });
  assert.equal(again.status, 304);
  assert.equal(again.body, null);
  assert.equal(again.headers.get('x-ratelimit-used'), first.headers.get('x-ratelimit-used'));
  const since = { 'if-modified-since': first.headers.get('last-modified') ?? '' };
  assert.equal((await fixture.get(PATH, since)).status, 304);
  const token = await fixture.installationToken();
  const other = await fixture.get(PATH, { authorization: `Bearer ${token}`, 'if-none-match': etag });
  assert.equal(other.status, 200);
});

test('a changed list has another ETag', async () => {
  await using fixture = await openFixture();
  fixture.nowMs -= 6 * 3_600_000;
  const path = `${PATH}/actions/runs`;
  const etag = (await fixture.get(path)).headers.get('etag') ?? '';
  assert.equal((await fixture.get(path, { 'if-none-match': etag })).status, 304);
  fixture.nowMs += 6 * 3_600_000;
  assert.equal((await fixture.get(path, { 'if-none-match': etag })).status, 200);
});

test('too many points in a minute hit a secondary limit, which says how long to wait', async () => {
  await using fixture = await openFixture({ limits: { pointsPerMinute: 2, status: 429 } });
  await fixture.get(PATH);
  fixture.nowMs += 20_000;
  await fixture.get(PATH);
  const refused = await fixture.get(PATH);
  assert.equal(refused.status, 429);
  assert.match(String(refused.body.message), /secondary rate limit/);
  assert.equal(refused.headers.get('retry-after'), '40');
  assert.notEqual(refused.headers.get('x-ratelimit-remaining'), '0');
  fixture.nowMs += 40_000;
  assert.equal((await fixture.get(PATH)).status, 200);
});

test('a request that changes something costs five points', async () => {
  await using fixture = await openFixture({ limits: { pointsPerMinute: 9 } });
  assert.notEqual(await fixture.installationToken(), undefined);
  assert.equal(await fixture.installationToken(), undefined);
});

test('a secondary limit can be requested, with or without a time to wait', async () => {
  await using fixture = await openFixture();
  fixture.github.limits.slowDown(30);
  assert.equal((await fixture.get(PATH)).headers.get('retry-after'), '30');
  fixture.github.limits.slowDown(30, false);
  const { status, headers } = await fixture.get(PATH);
  assert.deepEqual([status, headers.get('retry-after')], [403, null]);
  fixture.nowMs += 30_000;
  assert.equal((await fixture.get(PATH)).status, 200);
});

test('too many concurrent requests hit a secondary limit', async () => {
  await using fixture = await openFixture({ limits: { concurrent: 1 } });
  fixture.github.faults.next('hang');
  const stop = new AbortController();
  const hanging = fixture.ask(PATH, { signal: stop.signal }).catch((err: Error) => err.name);
  while (fixture.github.requests.total() === 0) await immediate();
  assert.match(String((await fixture.get(PATH)).body.message), /secondary rate limit/);
  stop.abort();
  assert.equal(await hanging, 'AbortError');
});
