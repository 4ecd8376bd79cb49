import assert from 'node:assert/strict';
import { test } from 'node:test';
import { webUrlOf } from './rules.ts';

test("GitHub's web pages are derived from its API address", () => {
  for (const [api, web] of [
    ['https://api.github.com', 'https://github.com'],
    ['https://api.octo.ghe.com', 'https://octo.ghe.com'],
    ['https://github.octo.example/api/v3', 'https://github.octo.example'],
    ['http://127.0.0.1:8400/api/v3', 'http://127.0.0.1:8400'],
  ] as const)
    assert.equal(webUrlOf(api), web);
});
