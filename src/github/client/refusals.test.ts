import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTestClient, startGitHub } from './fake-github-fixture.ts';

const RUNS = '/repos/{owner}/{repo}/actions/runs';

test('a token that is refused is named until it is taken again, and people are told once a day', async () => {
  const bad = { status: 401, body: { message: 'Bad credentials' } };
  const replies = [bad, bad, bad, { status: 403 }, { status: 404 }];
  await using server = await startGitHub(() => replies[server.arrived.length - 1] ?? {});
  await using client = openTestClient(server.url);
  const ask = async () => {
    await client.github.get(RUNS, { owner: 'octo', priority: 'reconcile', params: { repo: 'ants' } });
    return [client.github.refusals().length, client.warnings.length];
  };
  assert.deepEqual(await ask(), [1, 1]);
  assert.deepEqual(client.github.refusals(), [
    'GitHub refuses token (401 Bad credentials): renew github.token.',
  ]);
  client.time.nowMs += 86_399_999;
  assert.deepEqual(await ask(), [1, 1]);
  client.time.nowMs += 1;
  assert.deepEqual(await ask(), [1, 2]);
  assert.deepEqual(await ask(), [1, 3]);
  assert.deepEqual(await ask(), [0, 3]);
});
