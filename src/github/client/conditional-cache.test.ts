import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTestClient, startGitHub } from '../../../test/fixtures/fake-github.ts';
import { ConditionalCache } from './conditional-cache.ts';

const MAX = 10_000;

function keep(cache: ConditionalCache, url: string, headers: Record<string, string>, length = 10): void {
  cache.keep(url, 'token', new Headers(headers), Buffer.alloc(length));
}

test('an answer is found by its URL and credential', () => {
  const cache = new ConditionalCache(MAX);
  keep(cache, 'u', { ETag: '"1"', 'Last-Modified': 'then', Link: '<n>' });
  const found = cache.find('u', 'token');
  assert.equal(found?.etag, '"1"');
  assert.equal(found.link, '<n>');
  assert.equal(cache.find('u', 'app:1'), undefined);
  assert.equal(cache.find('v', 'token'), undefined);
});

test('without an ETag nothing is cached: Last-Modified misses changes', () => {
  const cache = new ConditionalCache(MAX);
  keep(cache, 'u', { 'Last-Modified': 'Sun, 29 Nov 2026 00:00:00 GMT' });
  assert.equal(cache.find('u', 'token'), undefined);
  assert.equal(cache.bytes, 0);
});

test('an answer is requested in full now and then: after twenty uses, or six hours', () => {
  let nowMs = 0;
  const cache = new ConditionalCache(MAX, () => nowMs);
  const uses = () => Array.from({ length: 25 }, () => cache.find('u', 'token')).filter(Boolean).length;
  keep(cache, 'u', { ETag: '"1"' });
  assert.equal(uses(), 20);
  keep(cache, 'u', { ETag: '"1"' });
  assert.equal(uses(), 20);
  keep(cache, 'u', { ETag: '"1"' });
  nowMs += 6 * 3_600_000;
  assert.equal(uses(), 0);
});

test('an ETag that stays while the content changes is not used again; a different one is', () => {
  const cache = new ConditionalCache(MAX);
  const kept = (etag: string, text: string) =>
    cache.keep('u', 'token', new Headers({ ETag: etag }), Buffer.from(text));
  assert.deepEqual([kept('"1"', 'a'), kept('"1"', 'a'), kept('"1"', 'b')], [true, true, false]);
  assert.equal(cache.find('u', 'token'), undefined);
  assert.equal(kept('"1"', 'b'), true);
  assert.equal(cache.find('u', 'token'), undefined);
  assert.equal(kept('"2"', 'c'), true);
  assert.equal(cache.find('u', 'token')?.etag, '"2"');
});

test('an ETag that never changes hides nothing for long, and is logged', async () => {
  let full = 0;
  await using server = await startGitHub(({ headers }) => {
    if (headers['if-none-match'] === '"always"') return { status: 304 };
    full += 1;
    return { headers: { ETag: '"always"' }, body: { full } };
  });
  await using client = openTestClient(server.url);
  const options = { owner: null, priority: 'poll', conditional: true } as const;
  const seen: unknown[] = [];
  for (let times = 0; times < 30; times += 1) {
    const answer = await client.github.get('/rate_limit', options);
    assert.ok(answer.kind === 'ok');
    seen.push((answer.data as { full: number }).full);
  }
  // Once it is known to be wrong, it is no longer sent.
  assert.deepEqual(seen, [...Array(21).fill(1), 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  assert.equal(client.counts()['implausible_answers_total{/rate_limit,stale_etag}'], 9);
  assert.equal(client.warnings.length, 1);
});

test('the cache stays within its size: the least recently used answer is removed first', () => {
  const cache = new ConditionalCache(MAX);
  for (const url of ['a', 'b', 'c', 'd']) keep(cache, url, { ETag: '"1"' }, 1900);
  cache.find('a', 'token');
  keep(cache, 'e', { ETag: '"1"' }, 1900);
  assert.deepEqual(
    ['a', 'b', 'c', 'd', 'e'].filter((url) => cache.find(url, 'token') !== undefined),
    ['a', 'c', 'd', 'e'],
  );
  assert.ok(cache.bytes <= MAX);
});

test('one large answer does not evict the others, and an answer replaces its own older version', () => {
  const cache = new ConditionalCache(MAX);
  keep(cache, 'a', { ETag: '"1"' });
  keep(cache, 'b', { ETag: '"1"' }, MAX / 2);
  assert.equal(cache.find('b', 'token'), undefined);
  keep(cache, 'a', { ETag: '"2"' }, 100);
  assert.equal(cache.find('a', 'token')?.etag, '"2"');
  assert.equal(cache.bytes, 600);
});

test('an answer that is not JSON is not cached, whatever its headers say', async () => {
  let asked = 0;
  await using server = await startGitHub(({ headers }) => {
    asked += 1;
    if (headers['if-none-match'] !== undefined) return { status: 304 };
    return { headers: { etag: '"1"' }, body: asked === 1 ? '<!DOCTYPE html>' : { whole: true } };
  });
  await using client = openTestClient(server.url);
  const options = { owner: null, priority: 'poll', conditional: true } as const;
  const answer = await client.github.get('/rate_limit', options);
  assert.ok(answer.kind === 'ok');
  assert.deepEqual(answer.data, { whole: true });
});
