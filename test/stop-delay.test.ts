import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startService } from './service.ts';

test('during shutdown.delay everything goes on but readiness, so that a balancer can leave the service out', async () => {
  await using service = await startService({ env: { ANT_WATCHER_SHUTDOWN_DELAY: '5m' } });
  service.signal('SIGTERM');
  while ((await service.get('/readyz')).status === 200) await sleep(20);
  assert.match(await (await service.get('/readyz')).text(), /The service is about to stop\./);
  const { status } = await service.post('ping', { zen: 'Design for failure.', hook_id: 1 });
  assert.equal(status, 202);
  assert.match(await service.exposition(), /ant_watcher_webhook/);
  assert.equal((await service.get('/livez')).status, 200);
});

test('after shutdown.delay it stops as without one', async () => {
  await using service = await startService({ env: { ANT_WATCHER_SHUTDOWN_DELAY: '200ms' } });
  const { code, log } = await service.stop();
  assert.equal(code, 0);
  assert.match(log, /Stopped/);
});
