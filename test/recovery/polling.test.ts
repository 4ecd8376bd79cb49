import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sumOf } from '../samples.ts';
import { DISPATCHES, openLossyGitHub, withoutGates, worldOf } from './lossy-github.ts';

/*
 * Repositories without any webhook: the real process asks a simulated GitHub while its world goes on.
 */

const HOUR_MS = 3_600_000;
const STEPS = 4;
const POLLED = { ANT_WATCHER_WEBHOOK_SECRET: '', ANT_WATCHER_GITHUB_POLL_INTERVAL: '1s' };

for (const token of [true, false]) {
  test(`without webhooks, polling with ${token ? 'a token' : 'an App'} shows the truth of a continuing world`, async () => {
    const world = withoutGates(worldOf('polled'));
    let worldMs = world.endMs - 4 * HOUR_MS;
    const repositories = world.population.repositories.map(({ fullName }) => fullName);
    const env = { ...POLLED, ANT_WATCHER_GITHUB_REPOSITORIES: ['lumen-works/*', ...repositories].join(',') };
    await using lossy = await openLossyGitHub({
      world,
      env,
      token,
      clock: () => worldMs,
      hereClock: Date.now,
    });
    for (let step = 1; step <= STEPS; step += 1) {
      worldMs = world.endMs - ((STEPS - step) / STEPS) * 4 * HOUR_MS;
      await nextRound(lossy);
    }
    const { samples, faults } = await lossy.whole([DISPATCHES]);
    assert.deepEqual(faults, []);
    assert.ok(sumOf(samples, 'ant_watcher_github_cache_hits_total', {}) > 0);
    assert.ok(sumOf(samples, 'ant_watcher_recovery_oldest_mark_timestamp_seconds', {}) > 0);
    const health = (await (await lossy.service.get('/health')).json()) as Record<string, unknown>;
    assert.deepEqual([health['status'], health['intake']], ['ok', 'polling']);
  });
}

/** Waits until every repository was polled once more. */
async function nextRound({ service }: Awaited<ReturnType<typeof openLossyGitHub>>): Promise<void> {
  const polled = async () =>
    sumOf(await service.metrics(), 'ant_watcher_recovery_passes_total', { kind: 'poll' });
  const before = await polled();
  while ((await polled()) < before + 6) await sleep(100);
}
