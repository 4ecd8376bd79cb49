import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sumOf } from '../samples.ts';
import type { Service } from '../service.ts';
import { startConfigured, until } from './configured.ts';

/*
 * Secrets are rotated on both sides while work goes on.
 */

const OLD = 'the old secret of the webhook';
const NEW = 'the new secret of the webhook';
const FROM_FILE = { ANT_WATCHER_WEBHOOK_SECRET: '', ANT_WATCHER_WEBHOOK_SECRET_FILE: 'secret' };
const SENDERS = 4;
const ENOUGH = 100;

/** Sends pushes, which count nothing, without a pause; signed with the current value of `sign`. */
function openStream(service: Service, sign: { secret: string }) {
  const statuses: number[] = [];
  let isOver = false;
  const sender = async (): Promise<void> => {
    while (!isOver) {
      const { status } = await service.post('workflow_dispatch', DISPATCH, { secret: sign.secret });
      statuses.push(status);
    }
  };
  const running = Promise.all(Array.from({ length: SENDERS }, sender));
  return {
    statuses,
    /** Resolves once so many more are answered. */
    async more(): Promise<void> {
      const before = statuses.length;
      await until('nothing is answered', () => statuses.length >= before + ENOUGH);
    },
    async end(): Promise<void> {
      isOver = true;
      await running;
    },
  };
}

const DISPATCH = {
  workflow: '.github/workflows/ci.yml',
  ref: 'refs/heads/main',
  repository: { full_name: 'o/r' },
  sender: { login: 'ant' },
};

test('a webhook secret is changed under load: no correctly signed delivery is refused', async () => {
  await using configured = await startConfigured({}, { env: FROM_FILE, files: { secret: OLD } });
  const { service } = configured;
  const sign = { secret: OLD };
  const stream = openStream(service, sign);
  await stream.more();
  configured.writeFile('secret', `${OLD}\n${NEW}\n`);
  await configured.hangUp();
  await stream.more();
  sign.secret = NEW;
  await stream.more();
  configured.writeFile('secret', NEW);
  await configured.hangUp();
  await stream.more();
  await stream.end();
  assert.deepEqual(new Set(stream.statuses), new Set([202]));
  assert.equal((await service.post('workflow_dispatch', DISPATCH, { secret: OLD })).status, 401);
  const counted = sumOf(await service.settled(), 'github_actions_dispatches_total');
  assert.equal(counted, stream.statuses.length);
});

test('a webhook secret cannot be removed while the service accepts webhooks', async () => {
  const github = { repositories: 'o/r', token: 'ghp_0123456789' };
  const env = { ...FROM_FILE, ANT_WATCHER_GITHUB_API_URL: 'http://127.0.0.1:9' };
  await using configured = await startConfigured({}, { env, files: { secret: OLD } });
  const { service } = configured;
  configured.writeFile('secret', '');
  assert.equal((await configured.reload()).status, 400);
  assert.equal((await service.post('workflow_dispatch', DISPATCH, { secret: OLD })).status, 202);
  configured.writeFile('secret', NEW);
  assert.deepEqual((await configured.change({ github })).applied, [
    'webhook.secret',
    'github.token',
    'github.repositories',
  ]);
});

test('an API token is changed, and added where there was none, without a restart', async () => {
  await using configured = await startConfigured({});
  const { service } = configured;
  const statusWith = async (token: string) =>
    (await service.get('/api/v1/push', { Authorization: `Bearer ${token}` })).status;
  assert.equal((await service.get('/api/v1/push')).status, 200);
  assert.deepEqual((await configured.change({ api: { tokens: 'token-one' } })).applied, ['api.tokens']);
  assert.equal((await service.get('/api/v1/push')).status, 401);
  configured.write({ api: { tokens: 'token-one\ntoken-two' } });
  assert.equal((await configured.reload()).status, 401);
  assert.equal((await configured.reload('token-one')).status, 200);
  assert.deepEqual([await statusWith('token-one'), await statusWith('token-two')], [200, 200]);
  configured.write({ api: { tokens: 'token-two' } });
  assert.equal((await configured.reload('token-one')).status, 200);
  assert.deepEqual([await statusWith('token-one'), await statusWith('token-two')], [401, 200]);
});

test('a reload that removes the last token from an API that others can reach logs a warning', async () => {
  const env = { ANT_WATCHER_API_HOST: '0.0.0.0' };
  await using configured = await startConfigured({ api: { tokens: 'token-one' } }, { env });
  const { service } = configured;
  const message = 'API reachable by others, and no login is set';
  assert.doesNotMatch(service.log, new RegExp(message));
  configured.write({});
  await configured.hangUp();
  assert.match(service.log, new RegExp(message));
});
