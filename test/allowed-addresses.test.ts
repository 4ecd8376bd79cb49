import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openFixture } from './fixtures/simulated-rest.ts';
import { freePort } from './free-port.ts';
import { sumOf } from './samples.ts';
import { type Service, startService } from './service.ts';

/*
 * `webhook.allowed_ips=github` with the real process and the simulated GitHub, whose `GET /meta` names this
 * machine.
 */

const JOB = {
  action: 'queued',
  workflow_job: { id: 1, run_id: 1, status: 'queued' },
  repository: { full_name: 'a/b' },
};

async function statusOf(service: Service): Promise<number> {
  return (await service.post('workflow_job', JOB)).status;
}

/** Resolves once deliveries are accepted. */
async function taken(service: Service): Promise<void> {
  for (let i = 0; (await statusOf(service)) !== 202; i++) {
    assert.ok(i < 200, 'no delivery is taken');
    await sleep(20);
  }
}

test('addresses fetched from GitHub once stay valid, even when GitHub is unreachable and the process is killed', async () => {
  const { github } = await openFixture();
  await using service = await startService({
    env: { ANT_WATCHER_WEBHOOK_ALLOWED_IPS: 'github', ANT_WATCHER_GITHUB_API_URL: github.url },
  });
  await taken(service);
  const samples = await service.metrics();
  assert.equal(sumOf(samples, 'ant_watcher_github_hook_ranges'), 4);
  assert.equal(sumOf(samples, 'ant_watcher_github_hook_ranges_refreshes_total', { outcome: 'ok' }), 1);
  const fetchedS = sumOf(samples, 'ant_watcher_github_hook_ranges_timestamp_seconds');
  assert.ok(Math.abs(fetchedS - Date.now() / 1000) < 60);

  await github[Symbol.asyncDispose]();
  await service.kill();
  await service.start();
  assert.equal(await statusOf(service), 202);
  const later = await service.metrics();
  assert.equal(sumOf(later, 'ant_watcher_github_hook_ranges_timestamp_seconds'), fetchedS);
});

test('before GitHub has answered, deliveries are answered 503, and the log says once why', async () => {
  await using service = await startService({
    env: {
      ANT_WATCHER_WEBHOOK_ALLOWED_IPS: 'github',
      ANT_WATCHER_GITHUB_API_URL: `http://127.0.0.1:${await freePort()}`,
    },
  });
  const { status, text, headers } = await service.post('workflow_job', JOB);
  assert.deepEqual([status, JSON.parse(text).error.code], [503, 'addresses_unknown']);
  assert.match(headers.get('retry-after') ?? '', /^\d+$/);
  const { log } = await service.stop();
  assert.equal(log.match(/webhook addresses unknown; refusing deliveries/g)?.length, 1);
});
