import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { withOldRuns } from '../../simulator/old-runs.ts';
import type { World } from '../../simulator/world.ts';
import { startAntWatcher } from '../run-ant-watcher.ts';
import { type Samples, sumOf } from '../samples.ts';
import { DISPATCHES, type LossyGitHub, openLossyGitHub, withoutGates, worldOf } from './lossy-github.ts';

/*
 * Quiet repositories: the first page of their lists goes back over a year, and an hour ago somebody deleted
 * all old logs, which changed the records of their runs. The real process must count none of that.
 */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const POLLED = { ANT_WATCHER_WEBHOOK_SECRET: '', ANT_WATCHER_GITHUB_POLL_INTERVAL: '1s' };

/**
 * A world of today, and the same with runs of the last month, whose ends only their jobs show, and of the
 * last year.
 */
function quietWorld(seed: string): { readonly counted: World; readonly world: World } {
  const counted = withoutGates(worldOf(seed, { runs: 40 }));
  const startMs = counted.startMs - 30 * DAY_MS;
  const lately = withOldRuns(counted, { runs: 20, spanMs: 30 * DAY_MS });
  return { counted, world: withOldRuns({ ...lately, startMs }, { runs: 20, spanMs: 400 * DAY_MS }) };
}

async function openQuiet(seed: string, env: Readonly<Record<string, string>>) {
  const worlds = quietWorld(seed);
  const repositories = worlds.world.population.repositories.map(({ fullName }) => fullName).join(',');
  const [all, counted] = [worlds.world, worlds.counted].map((each) => [...each.births()].length);
  const lossy = await openLossyGitHub({
    ...worlds,
    env: { ANT_WATCHER_GITHUB_REPOSITORIES: repositories, ...env },
    token: true,
    cleanedAtMs: Date.now() - HOUR_MS,
  });
  return Object.assign(lossy, { oldRuns: (all ?? 0) - (counted ?? 0) });
}

/** Waits until every repository was polled once more. */
async function polled({ service }: LossyGitHub): Promise<Samples> {
  const rounds = async () =>
    sumOf(await service.metrics(), 'ant_watcher_recovery_passes_total', { kind: 'poll' });
  const before = await rounds();
  while ((await rounds()) < before + 6) await sleep(100);
  return service.settled();
}

/** Makes the ids of all deliveries be forgotten. */
function forgetSeen(folder: string): void {
  using database = new DatabaseSync(join(folder, 'ant-watcher.db'));
  assert.ok(database.prepare('DELETE FROM seen_deliveries').run().changes > 0);
}

function tooOldIn(samples: Samples): number {
  return sumOf(samples, 'ant_watcher_ignored_observations_total', { reason: 'too_old' });
}

test('the first poll counts the last day, and neither it nor a later one counts other runs on the same page', async () => {
  await using lossy = await openQuiet('first poll', POLLED);
  const first = await lossy.whole([DISPATCHES]);
  assert.deepEqual(first.faults, []);
  assert.equal(tooOldIn(await polled(lossy)), lossy.oldRuns, 'each once, though each look meets them');
  await lossy.service.stop();
  // As after eight days, when what was read is forgotten.
  forgetSeen(lossy.service.folder);
  await lossy.service.start();
  await polled(lossy);
  assert.deepEqual((await lossy.whole([DISPATCHES])).faults, []);
});

test('a backfill counts the runs that ended since, and its dry run says the same', async () => {
  await using lossy = await openQuiet('since', {});
  const backfill = async (...args: string[]) => {
    const url = `http://${lossy.service.apiAddress}`;
    using started = startAntWatcher(['backfill', '--url', url, ...args]);
    const { code, stdout, stderr } = await started.ended();
    assert.equal(code, 0, stderr);
    return stdout;
  };
  const dry = await backfill('--since', '1d', '--dry-run');
  const real = await backfill('--since', '1d');
  assert.deepEqual((await lossy.whole([DISPATCHES])).faults, []);
  const [, estimated] = / for (\d+) runs of 6 repositories\.$/m.exec(dry) ?? [];
  const [, read] = /^(\d+) runs of 6 repositories read/m.exec(real) ?? [];
  assert.equal(read, estimated);
  const leftOut = (text: string) => Number(/^left out: (\d+) runs/m.exec(text)?.[1]);
  assert.ok(leftOut(dry) > 10, dry);
  assert.equal(leftOut(real), lossy.oldRuns);
  assert.equal(tooOldIn(await lossy.service.settled()), lossy.oldRuns);
  await backfill('--since', '30d');
  const samples = await lossy.service.settled();
  assert.ok(
    sumOf(samples, 'github_actions_runs_total') > 40,
    'what was left out is read when it is asked for',
  );
});
