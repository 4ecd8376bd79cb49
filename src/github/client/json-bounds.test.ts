import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTestClient, startGitHub } from '../../../test/fixtures/fake-github.ts';
import { isModestJson } from './json-bounds.ts';

const isModest = (text: string) => isModestJson(Buffer.from(text));
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
const many = (count: number, value: string) => `[${Array(count).fill(value).join(',')}]`;

test('JSON that is nested too deeply or has too many values is not parsed; texts count as one value', () => {
  assert.ok(isModest(nested(100)));
  assert.ok(!isModest(nested(101)));
  assert.ok(isModest(many(400_000, '1')));
  for (const value of ['1', '{}', '[]', '"a"']) assert.ok(!isModest(many(600_000, value)), value);
  const text = JSON.stringify([nested(1000), ','.repeat(600_000), '\\"[', '"']);
  assert.ok(isModest(text));
  assert.ok(!isModest(`[${text},${nested(100)}]`));
});

test('such an answer is a failure, and is logged', async () => {
  for (const body of [nested(200_000), many(600_000, '{}')]) {
    await using server = await startGitHub(() => ({ body }));
    await using client = openTestClient(server.url);
    const answer = await client.github.get('/rate_limit', { owner: null, priority: 'poll' });
    assert.equal(answer.kind === 'failed' && answer.implausible, 'too_complex');
    assert.equal(server.arrived.length, 1);
    assert.equal(client.counts()['implausible_answers_total{/rate_limit,too_complex}'], 1);
  }
});
