import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { NOW, openTestClient, startGitHub } from '../../../test/fixtures/fake-github.ts';

const RUNS = '/repos/{owner}/{repo}/actions/runs';

test('a refused token is shown until it is accepted again, and logged once a day', async () => {
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

const LOCKED_OUT = {
  status: 403,
  body: { message: 'Maximum number of login attempts exceeded. Please try again later.' },
};

test('after too many failed logins a credential rests and is shown, and no permission is blamed', async () => {
  const bad = { status: 401, body: { message: 'Bad credentials' } };
  for (const [first, named] of [
    [bad, 'GitHub refuses token (401 Bad credentials): renew github.token.'],
    [
      {},
      `GitHub refuses token (403 ${LOCKED_OUT.body.message}): wait or, if it stays so, renew github.token.`,
    ],
  ] as const) {
    await using server = await startGitHub(() => (server.arrived.length === 1 ? first : LOCKED_OUT));
    await using client = openTestClient(server.url, { longestWaitMs: 0 });
    const ask = () =>
      client.github.get(RUNS, { owner: 'octo', priority: 'recovery', params: { repo: 'ants' } });
    await ask();
    const warned = client.warnings.length;
    for (const arrived of [2, 2]) {
      const answer = await ask();
      assert.equal(answer.kind === 'failed' && answer.retryAtMs, client.time.nowMs + 60_000);
      assert.equal(server.arrived.length, arrived, 'nothing is sent meanwhile');
    }
    assert.deepEqual([client.github.refusals(), client.warnings.length], [[named], warned]);
    client.time.nowMs += 60_000;
    await ask();
    assert.equal(server.arrived.length, 3);
  }
});

test('the other credential is used while one is locked out', async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const privateKeyPem = privateKey.export({ type: 'pkcs1', format: 'pem' });
  const list = [{ id: 1, account: { login: 'octo' } }];
  const minted = { token: 'ghs_1', expires_at: new Date(NOW + 3_600_000).toISOString() };
  await using server = await startGitHub(({ path, headers }) => {
    if (path.startsWith('/app')) return { body: path.includes('access_tokens') ? minted : list };
    return headers.authorization === 'Bearer test-token' ? {} : LOCKED_OUT;
  });
  const app = { id: '1', privateKeyPem: String(privateKeyPem) };
  await using client = openTestClient(server.url, { app });
  const answer = await client.github.get(RUNS, { owner: 'octo', priority: 'poll', params: { repo: 'ants' } });
  assert.deepEqual([answer.kind, client.github.refusals().length], ['ok', 1]);
});
