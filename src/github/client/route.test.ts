import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isWithin, nextOf, urlOf } from './route.ts';

const RUNS = '/repos/{owner}/{repo}/actions/runs';

test('placeholders are filled, and other parameters become the query', () => {
  const params = { owner: 'octo', repo: 'a/b c?#', per_page: 100, created: '>=2026-01-01' };
  assert.equal(
    urlOf('https://h/api/v3', RUNS, params)?.href,
    'https://h/api/v3/repos/octo/a%2Fb%20c%3F%23/actions/runs?per_page=100&created=%3E%3D2026-01-01',
  );
});

test('a name cannot lead to another path, and a missing one is a bug', () => {
  for (const repo of ['', '.', '..']) assert.equal(urlOf('https://h', RUNS, { owner: 'o', repo }), null);
  assert.equal(urlOf('https://h', RUNS, { owner: 'o', repo: '...' })?.pathname, '/repos/o/.../actions/runs');
  assert.throws(() => urlOf('https://h', RUNS, { owner: 'o' }), /needs repo/);
});

test('credentials are sent to one origin only', () => {
  const base = 'https://github.example.com/api/v3';
  for (const url of [
    `${base}/x`,
    'https://github.example.com/repositories/1',
    'https://GITHUB.example.com:443/',
  ])
    assert.ok(isWithin(base, url), url);
  for (const url of [
    'http://github.example.com/api/v3/x',
    'https://github.example.com:8443/api/v3/x',
    'https://github.example.com.evil/api/v3/x',
    'https://github.example.com@evil/api/v3/x',
    'https://ann@github.example.com/api/v3/x',
    '/api/v3/x',
    '',
  ])
    assert.ok(!isWithin(base, url), url);
});

test('the next page is found in the Link header', () => {
  for (const [link, next] of [
    ['<https://h/x?page=1>; rel="prev", <https://h/x?page=3,4>; rel="next"', 'https://h/x?page=3,4'],
    ['<https://h/x?page=3>; rel=next', 'https://h/x?page=3'],
    ['<https://h/x?page=3>; title="a"; rel="last next"', 'https://h/x?page=3'],
    ['<https://h/x?page=3>; rel="nextish"', null],
    ['<https://h/x?page=3>; rel="prev", <https://h/x?page=9>; rel="last"', null],
    ['</x?page=3>; rel="next"', null],
    ['', null],
    [null, null],
  ] as const) {
    assert.equal(nextOf(link), next, String(link));
  }
});
