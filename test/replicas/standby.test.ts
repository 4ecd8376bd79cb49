import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkDatabase } from '../../src/cli/doctor/check-database.ts';
import { longTest } from '../long-form.ts';
import { query } from '../postgres-members.ts';
import { sumOf } from '../samples.ts';
import { chaos } from './chaos.ts';
import { type Fleet, type Replica, samplesOf, settled, startFleet, until } from './fleet.ts';

/*
 * A database server with a synchronous standby: nothing is answered 202 that only the first server has.
 */

/** What is sent. */
const DISPATCH = { workflow: 'half.yml', repository: { full_name: 'load/alpha' } };

longTest(
  'after a fail-over to the standby under load, nothing that was answered 202 is lost, and all show the truth',
  async (t) => {
    await using fleet = await startFleet({ count: 3, hasStandby: true });
    const figures = await chaos(fleet, {
      seed: 'mites',
      runs: 25,
      disasters: [['cut after commit'], ['fail over'], ['kill'], ['cut after commit']],
      scrapeEveryMs: 300,
    });
    t.diagnostic(JSON.stringify(figures));
  },
);

test('a commit whose wait for the standby is cancelled is answered 503, and counts once when it comes again', async () => {
  await using fleet = await startFleet({ count: 1, hasStandby: true });
  const [{ service }] = fleet.replicas as [Replica];
  const guid = randomUUID();
  await fleet.standby?.stop('immediate');
  const posted = service.post('workflow_dispatch', DISPATCH, { guid });
  const stop = new AbortController();
  const cancelling = cancelWaits(fleet, stop.signal);
  const { status } = await posted;
  stop.abort();
  await cancelling;
  assert.equal(status, 503);

  await fleet.standby?.start();
  assert.equal((await service.post('workflow_dispatch', DISPATCH, { guid })).status, 202);
  await settled(fleet);
  const samples = await samplesOf(service);
  assert.equal(sumOf(samples ?? new Map(), 'github_actions_dispatches_total'), 1);
});

test('a replica whose address leads to a standby answers 503 and never with old numbers, and goes on when it leads back', async () => {
  await using fleet = await startFleet({ count: 1, hasStandby: true });
  const { database, standby, replicas } = fleet;
  const [{ service, way }] = replicas as [Replica];
  assert.equal((await service.post('workflow_dispatch', DISPATCH)).status, 202);
  await settled(fleet);
  const standbyUrl = fleet.databaseUrl.replace(`:${database.port}/`, `:${standby?.port}/`);
  await query(standbyUrl, 'SELECT pg_wal_replay_pause()');
  assert.equal((await service.post('workflow_dispatch', DISPATCH)).status, 202);
  await settled(fleet);

  way.aim(standby?.port ?? 0);
  way.cut();
  for (let round = 0; round < 3; round += 1)
    for (const path of ['/metrics', '/api/v1/jobs', '/api/v1/queues', '/readyz'])
      assert.equal((await service.get(path)).status, 503, path);
  const guid = randomUUID();
  const { status, text } = await service.post('workflow_dispatch', DISPATCH, { guid });
  assert.deepEqual([status, JSON.parse(text).error.code], [503, 'store_unavailable']);
  assert.match(service.log, /the database at 127\.0\.0\.1:\d+ is a standby/);
  const [finding] = await checkDatabase({ url: standbyUrl, password: null });
  assert.equal(finding?.level, 'failed');
  assert.match(finding?.what ?? '', /is a standby/);

  way.aim(database.port);
  way.cut();
  await until('it does not go on', async () => {
    return (await service.post('workflow_dispatch', DISPATCH, { guid })).status === 202;
  });
  await settled(fleet);
  const samples = await samplesOf(service);
  assert.equal(sumOf(samples ?? new Map(), 'github_actions_dispatches_total'), 3);
});

/** As an impatient operator does. */
async function cancelWaits({ databaseUrl }: Fleet, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await query(
      databaseUrl,
      `SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'`,
    );
    await sleep(20);
  }
}
