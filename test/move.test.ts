import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { deliveriesOf } from '../simulator/deliveries.ts';
import { pastWorld } from '../simulator/world.ts';
import { countedAtOnce } from './counted-at-once.ts';
import { deliver } from './delivered-world.ts';
import { startPostgres } from './postgres.ts';
import { query } from './postgres-members.ts';
import { startAntWatcher } from './run-ant-watcher.ts';
import type { Samples } from './samples.ts';
import { type Service, startService } from './service.ts';
import { openTemporaryFolder } from './temporary-folder.ts';

const server = await startPostgres();
after(() => server[Symbol.asyncDispose]());

const HOUR_MS = 3_600_000;
/** Samples are kept for a receiver that is not there. */
const PUSH = { ANT_WATCHER_PUSH_URL: 'http://127.0.0.1:1', ANT_WATCHER_PUSH_RESEND_WINDOW: 'never' };

function world(seed: string) {
  return pastWorld({ seed, runs: 60, inFlight: 0.4, endMs: Date.now(), spanMs: 12 * HOUR_MS });
}

function moveOf(from: string, to: string, cwd: string) {
  return startAntWatcher(['move', '--from', `sqlite:${from}`, '--to', to], {
    cwd,
    env: { ANT_WATCHER_STORAGE_PASSWORD: 'very-secret' },
  });
}

async function moved(from: string, to: string, cwd: string) {
  using process = moveOf(from, to, cwd);
  return await process.ended();
}

/** What was counted, without the ages and what only this process knows. */
function counted(samples: Samples): string[] {
  return countedAtOnce(samples).filter((line) => !/^github_actions_(oldest|queue_wait)/.test(line));
}

/** The samples that wait, in their order. */
async function waiting(url: string): Promise<unknown> {
  const rows = await query(
    url,
    'SELECT samples, (SELECT next_sample_seq FROM changes ORDER BY seq DESC LIMIT 1) FROM outbox ORDER BY first_seq',
  );
  return rows;
}

test('a store that is moved in the middle of a world counts the rest as the one it was moved from', async () => {
  using folder = openTemporaryFolder();
  const deliveries = [...deliveriesOf(world('moved'))];
  const half = Math.floor(deliveries.length / 2);
  await using first = await startService({ env: PUSH });
  const before = await deliver(first, deliveries.slice(0, half));
  await first.stop();
  const path = join(folder.path, 'a.db');
  cpSync(join(first.folder, 'ant-watcher.db'), path);
  const to = await server.createDatabase();
  const { code, stdout, stderr } = await moved(path, to, folder.path);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /\d+ rows moved, and found equal/);
  assert.ok(!`${stdout}${stderr}`.includes('very-secret'));
  await first.start();
  await using second = await startService({ env: PUSH, storage: to });
  assert.deepEqual(counted(await second.metrics()), counted(before));
  const later = deliveries.slice(half - 100);
  const expected = counted(await deliver(first, later));
  assert.deepEqual(counted(await deliver(second, later)), expected);
  assert.deepEqual(await jobsOf(second), await jobsOf(first));
  assert.ok(((await waiting(to)) as unknown[]).length > 0);
});

async function jobsOf(service: Service): Promise<unknown> {
  const answer = await service.get('/api/v1/jobs?status=completed&limit=500');
  const { jobs } = (await answer.json()) as { readonly jobs: readonly Record<string, unknown>[] };
  assert.ok(jobs.length > 50);
  return jobs;
}

test('a source that is used, a target that is not empty, and another source are refused', async () => {
  using folder = openTemporaryFolder();
  await using service = await startService();
  await deliver(service, [...deliveriesOf(world('refused'))].slice(0, 50));
  const path = join(service.folder, 'ant-watcher.db');
  const to = await server.createDatabase();
  const used = await moved(path, to, folder.path);
  assert.deepEqual([used.code, /store_locked|another ant-watcher uses/.test(used.stderr)], [1, true]);
  await service.stop();
  assert.equal((await moved(path, to, folder.path)).code, 0);
  const full = await moved(path, to, folder.path);
  assert.equal(full.code, 1);
  assert.match(full.stderr, /the target is not empty/);
  const absent = await moved(join(folder.path, 'none.db'), to, folder.path);
  assert.match(absent.stderr, /there is no database/);
  const usage = await moved('', to, folder.path);
  assert.equal(usage.code, 2);
});
