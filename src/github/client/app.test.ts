import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limitHeaders, NOW, openTestClient } from '../../../test/fixtures/fake-github.ts';
import { ask, KEY, MINUTE, openApp, startApp } from '../../../test/fixtures/github-app.ts';

test("requests use the owner's installation, with one token for all", async () => {
  const tokens: string[] = [];
  await using server = await startApp({
    read(_, token) {
      tokens.push(token);
      return { headers: limitHeaders(900, NOW + 60 * MINUTE) };
    },
  });
  await using client = openApp(server.url, { concurrency: 1 });
  const answers = await Promise.all(['octo', 'OCTO', 'Octo'].map((owner) => ask(client.github, owner)));
  assert.ok(answers.every(({ kind }) => kind === 'ok'));
  assert.deepEqual(tokens, ['ghs_token1', 'ghs_token1', 'ghs_token1']);
  const listed = server.paths().filter((path) => path.startsWith('/app/installations?'));
  assert.deepEqual(listed, ['/app/installations?per_page=100', '/app/installations?page=2']);
  assert.deepEqual(client.github.readings()[0]?.labels, ['app:1', 'core']);
});

test('each installation has its own token, which is renewed before it expires', async () => {
  const time = { nowMs: NOW };
  const tokens: string[] = [];
  await using server = await startApp({
    time,
    read(_, token) {
      tokens.push(token);
      return {};
    },
  });
  await using client = openApp(server.url, {}, time);
  await ask(client.github);
  await ask(client.github, 'poor');
  time.nowMs += 54 * MINUTE;
  await ask(client.github);
  time.nowMs += 2 * MINUTE;
  await ask(client.github);
  assert.deepEqual(tokens, ['ghs_token1', 'ghs_token2', 'ghs_token1', 'ghs_token3']);
});

test('a token that expires too early is renewed once', async () => {
  let good = 'ghs_token1';
  await using server = await startApp({ read: (_, token) => (token === good ? {} : { status: 401 }) });
  await using client = openApp(server.url);
  assert.equal((await ask(client.github)).kind, 'ok');
  good = 'ghs_token2';
  const answers = await Promise.all([1, 2, 3].map(() => ask(client.github)));
  assert.ok(answers.every(({ kind }) => kind === 'ok'));
  assert.equal(server.minted(), 2);
  good = 'none';
  assert.equal((await ask(client.github)).kind, 'forbidden');
  assert.equal(server.minted(), 3);
});

test("differing clocks are not a problem: the server's clock is used", async () => {
  for (const ahead of [25 * MINUTE, -5 * MINUTE, -25 * MINUTE]) {
    await using server = await startApp({ time: { nowMs: NOW + ahead } });
    await using client = openApp(server.url);
    for (const owner of ['octo', 'octo', 'poor']) assert.equal((await ask(client.github, owner)).kind, 'ok');
    const refused = Object.entries(client.counts()).filter(([key]) => key.endsWith(',401}'));
    assert.deepEqual(refused, [['requests_total{/app/installations,401}', 1]]);
    assert.equal(server.minted(), 2);
  }
});

test('404 means a missing permission where the installation lacks it', async () => {
  await using server = await startApp({ read: () => ({ status: 404 }) });
  await using client = openApp(server.url);
  assert.equal((await ask(client.github)).kind, 'missing');
  const answer = await ask(client.github, 'poor');
  assert.ok(answer.kind === 'forbidden' && answer.permission === 'Actions: read (repository)');
});

test('the App is used first; the token when the App has no budget left or is not installed', async () => {
  const tokens: string[] = [];
  const left = new Map([['ghs_token1', 1]]);
  await using server = await startApp({
    read(_, token) {
      tokens.push(token);
      const remaining = left.get(token) ?? 900;
      left.set(token, remaining - 1);
      const message = 'API rate limit exceeded';
      const status = remaining < 0 ? 403 : 200;
      return { status, headers: limitHeaders(Math.max(0, remaining), NOW + 60 * MINUTE), body: { message } };
    },
  });
  await using client = openApp(server.url, { token: 'personal' });
  for (let i = 0; i < 4; i++) assert.equal((await ask(client.github)).kind, 'ok');
  assert.equal((await ask(client.github, 'nobody')).kind, 'ok');
  assert.deepEqual(tokens, ['ghs_token1', 'ghs_token1', 'personal', 'personal', 'personal']);
  assert.equal(client.warnings.length, 0);
});

test('an App unknown to GitHub is logged once and tried once a minute', async () => {
  await using server = await startApp();
  const app = { id: '13', privateKeyPem: KEY };
  await using client = openApp(server.url, { app });
  for (let i = 0; i < 3; i++) assert.equal((await ask(client.github)).kind, 'forbidden');
  assert.equal(server.arrived.length, 2);
  assert.equal(client.warnings.length, 1);
  client.time.nowMs += MINUTE;
  await ask(client.github);
  assert.equal(server.arrived.length, 4);
  await using both = openApp(server.url, { app, token: 'personal' });
  assert.equal((await ask(both.github)).kind, 'ok');
});

test("requests about the App itself use the App's JWT", async () => {
  await using server = await startApp();
  await using client = openApp(server.url);
  const answer = await client.github.get('/app/installations', { owner: null, priority: 'recovery' });
  assert.equal(answer.kind, 'ok');
  await using tokenOnly = openTestClient(server.url);
  const refused = await tokenOnly.github.get('/app/hook/deliveries', { owner: null, priority: 'recovery' });
  assert.ok(refused.kind === 'forbidden' && /App's id/.test(refused.permission));
  const meta = await tokenOnly.github.get('/meta', { owner: null, priority: 'poll' });
  assert.equal(meta.kind, 'ok');
});

test('credentials are listed without their secrets', async () => {
  await using server = await startApp();
  await using client = openApp(server.url, { token: 'personal' });
  const told = await client.github.credentials();
  assert.ok(told.kind === 'ok');
  assert.deepEqual(told.data, [
    { name: 'app:1', owner: 'Octo' },
    { name: 'app:3', owner: 'poor' },
    { name: 'token', owner: null },
  ]);
});

test('unusable settings are reported before anything is sent, without their secrets', () => {
  const url = 'https://api.github.com';
  for (const options of [
    { token: null },
    { token: 'two\nhunter2' },
    { app: { id: '12', privateKeyPem: 'hunter2' } },
    { apiUrl: 'http://hunter2.example' },
  ]) {
    assert.throws(
      () => openTestClient(url, options),
      (error: Error) =>
        'code' in error && error.code === 'config_invalid' && !error.message.includes('hunter2'),
    );
  }
});
