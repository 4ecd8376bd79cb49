import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NOW } from '../../../test/fixtures/fake-github.ts';
import { ask, INSTALLATIONS, MINUTE, openApp, startApp } from '../../../test/fixtures/github-app.ts';

test('an owner without an installation is logged once, and looked for again later', async () => {
  let installations: readonly object[] = INSTALLATIONS;
  await using server = await startApp({ installations: () => installations });
  await using client = openApp(server.url);
  for (const owner of ['nobody', 'nobody', 'gone']) {
    const answer = await ask(client.github, owner);
    assert.ok(answer.kind === 'forbidden');
    assert.equal(answer.permission, `the App's installation at ${owner}`);
  }
  assert.equal(client.warnings.length, 2);
  installations = [...INSTALLATIONS, { id: 4, account: { login: 'nobody' } }];
  assert.equal((await ask(client.github, 'nobody')).kind, 'forbidden');
  client.time.nowMs += 10 * MINUTE;
  assert.equal((await ask(client.github, 'nobody')).kind, 'ok');
});

test('installations are listed each hour; known ones stay when that fails', async () => {
  let installations: readonly object[] = INSTALLATIONS;
  let isDown = false;
  const time = { nowMs: NOW };
  await using server = await startApp({
    time,
    installations: () => installations,
    list: () => (isDown ? { status: 503 } : undefined),
  });
  await using client = openApp(server.url, {}, time);
  const kindAfter = async (minutes: number) => {
    time.nowMs += minutes * MINUTE;
    return (await ask(client.github)).kind;
  };
  assert.equal(await kindAfter(0), 'ok');
  isDown = true;
  assert.equal(await kindAfter(61), 'ok');
  isDown = false;
  installations = INSTALLATIONS.slice(1);
  assert.equal(await kindAfter(59), 'ok');
  assert.equal(await kindAfter(1), 'forbidden');
});

test('reading the list again keeps the tokens', async () => {
  const time = { nowMs: NOW };
  await using server = await startApp({ time });
  await using client = openApp(server.url, {}, time);
  await ask(client.github);
  time.nowMs += 30 * MINUTE;
  await ask(client.github, 'nobody');
  await ask(client.github);
  assert.equal(server.paths().filter((path) => path.endsWith('per_page=100')).length, 2);
  assert.equal(server.minted(), 1);
});

test('without its installation, requests use the personal token, or fail with the reason', async () => {
  await using server = await startApp({ mint: () => ({ status: 404 }) });
  await using alone = openApp(server.url);
  const answer = await ask(alone.github);
  assert.ok(answer.kind === 'forbidden' && /installation at Octo/.test(answer.permission));
  await using both = openApp(server.url, { token: 'personal' });
  assert.equal((await ask(both.github)).kind, 'ok');
});

test("a suspended installation is reported in GitHub's words, and used again once it is active", async () => {
  let isSuspended = true;
  const refusal = { status: 403, body: { message: 'This installation has been suspended' } };
  await using server = await startApp({
    installations: () => [{ ...INSTALLATIONS[0], suspended_at: '2026-01-01T00:00:00Z' }],
    mint: () => (isSuspended ? refusal : undefined),
  });
  await using client = openApp(server.url);
  const answer = await ask(client.github);
  assert.ok(answer.kind === 'forbidden');
  assert.equal(answer.said, '403 This installation has been suspended');
  assert.match(answer.hint, /^unsuspend/);
  await using both = openApp(server.url, { token: 'personal' });
  assert.equal((await ask(both.github)).kind, 'ok');
  isSuspended = false;
  assert.equal((await ask(client.github)).kind, 'ok');
});

test('an installation that was removed and created again is found within a minute', async () => {
  let isGone = false;
  let installations: readonly object[] = INSTALLATIONS;
  await using server = await startApp({
    installations: () => installations,
    mint: () => (isGone ? { status: 404 } : undefined),
  });
  await using client = openApp(server.url);
  isGone = true;
  assert.equal((await ask(client.github)).kind, 'forbidden');
  installations = [{ ...INSTALLATIONS[0], id: 9 }];
  isGone = false;
  client.time.nowMs += MINUTE;
  await ask(client.github);
  assert.ok(server.paths().includes('/app/installations/9/access_tokens'), server.paths().join());
});
