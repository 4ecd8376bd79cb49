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
  assert.deepEqual(found?.condition, ['If-None-Match', '"1"']);
  assert.equal(found.link, '<n>');
  assert.equal(cache.find('u', 'app:1'), undefined);
  assert.equal(cache.find('v', 'token'), undefined);
});

test('without an ETag, Last-Modified is used; without both nothing is cached', () => {
  const cache = new ConditionalCache(MAX);
  keep(cache, 'u', { 'Last-Modified': 'then' });
  assert.deepEqual(cache.find('u', 'token')?.condition, ['If-Modified-Since', 'then']);
  keep(cache, 'u', {});
  assert.equal(cache.find('u', 'token'), undefined);
  assert.equal(cache.bytes, 0);
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
  assert.deepEqual(cache.find('a', 'token')?.condition, ['If-None-Match', '"2"']);
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
