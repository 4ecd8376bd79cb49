import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startReplying } from '../fixtures/push-server.ts';
import { sumOf } from '../samples.ts';
import { startService } from '../service.ts';

const POLLED = {
  ANT_WATCHER_WEBHOOK_SECRET: '',
  ANT_WATCHER_GITHUB_REPOSITORIES: 'octo/ants',
  ANT_WATCHER_GITHUB_TOKEN: 'a-wrong-token',
};

test('when GitHub refuses the token for polling, health says so and the mark stays', async () => {
  await using github = await startReplying([{ status: 401, body: '{"message":"Bad credentials"}' }]);
  const url = `http://127.0.0.1:${github.port}`;
  await using service = await startService({ env: { ...POLLED, ANT_WATCHER_GITHUB_API_URL: url } });
  const polled = async () => sumOf(await service.metrics(), 'ant_watcher_recovery_passes_total', {});
  while ((await polled()) === 0) await sleep(50);
  const health = await (await service.get('/health')).json();
  const { status, checks } = health as { status: string; checks: Record<string, unknown> };
  const reason = 'GitHub refuses token (401 Bad credentials): renew github.token.';
  assert.deepEqual([status, checks['github']], ['degraded', { ok: false, reason }]);
  const name = 'ant_watcher_recovery_oldest_mark_timestamp_seconds';
  assert.ok(sumOf(await service.metrics(), name, {}) > 0);
});
