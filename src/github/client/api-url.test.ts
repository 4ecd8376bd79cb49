import assert from 'node:assert/strict';
import { test } from 'node:test';
import { completeApiUrl, usualRateLimit, webUrlOf } from './api-url.ts';

test('the usual ways of writing the address become the base URL of the API', () => {
  for (const [given, url] of [
    ['https://api.github.com', 'https://api.github.com'],
    ['https://api.github.com/', 'https://api.github.com'],
    ['https://github.com', 'https://api.github.com'],
    ['https://www.GitHub.com/', 'https://api.github.com'],
    ['https://octo.ghe.com', 'https://api.octo.ghe.com'],
    ['https://api.octo.ghe.com/', 'https://api.octo.ghe.com'],
    ['https://github.example.com', 'https://github.example.com/api/v3'],
    ['https://github.example.com:8443/api/v3/', 'https://github.example.com:8443/api/v3'],
    ['https://example.com/github/api/v3', 'https://example.com/github/api/v3'],
    ['http://127.0.0.1:3000', 'http://127.0.0.1:3000/api/v3'],
    ['http://localhost:3000/api/v3', 'http://localhost:3000/api/v3'],
    ['http://[::1]:3000', 'http://[::1]:3000/api/v3'],
    // Names that only look like GitHub's.
    ['https://api.github.com.example.com', 'https://api.github.com.example.com/api/v3'],
    ['https://notgithub.com', 'https://notgithub.com/api/v3'],
    ['https://a.b.ghe.com', 'https://a.b.ghe.com/api/v3'],
  ] as const) {
    assert.deepEqual(completeApiUrl(given), { url }, given);
  }
});

test('an address that must not receive tokens is a problem, and is not quoted', () => {
  for (const [given, problem] of [
    ['', /https:/],
    ['hunter2', /https:/],
    ['ftp://hunter2', /https:/],
    ['http://hunter2.example', /tokens/],
    ['http://127.0.0.1.hunter2.example', /tokens/],
    ['http://localhost.hunter2', /tokens/],
    ['https://ann:hunter2@github.example.com', /password/],
    ['https://github.example.com?token=hunter2', /path/],
    ['https://github.example.com/#hunter2', /path/],
    ['https://api.github.com/hunter2', /no path/],
    ['https://octo.ghe.com/api/v3', /no path/],
    ['https://github.example.com/api/hunter2', /api\/v3/],
  ] as const) {
    const completed = completeApiUrl(given);
    assert.ok('problem' in completed, given);
    assert.match(completed.problem, problem, given);
    assert.doesNotMatch(completed.problem, /hunter2/);
  }
});

test("the default rate limit is GitHub.com's, a higher one on Enterprise Server, and none on this machine", () => {
  const limitAt = (text: string) => {
    const completed = completeApiUrl(text);
    return 'url' in completed ? usualRateLimit(completed.url) : assert.fail(completed.problem);
  };
  assert.deepEqual(['https://github.com', 'https://octo.ghe.com'].map(limitAt), [900, 900]);
  assert.equal(limitAt('https://github.example.com'), 3000);
  assert.deepEqual(['http://127.0.0.1:1', 'http://localhost:1', 'http://[::1]:1'].map(limitAt), [
    null,
    null,
    null,
  ]);
});

test("GitHub's web pages are derived from its API address", () => {
  for (const [api, web] of [
    ['https://api.github.com', 'https://github.com'],
    ['https://api.octo.ghe.com', 'https://octo.ghe.com'],
    ['https://github.octo.example/api/v3', 'https://github.octo.example'],
    ['http://127.0.0.1:8400/api/v3', 'http://127.0.0.1:8400'],
  ] as const)
    assert.equal(webUrlOf(api), web);
});
