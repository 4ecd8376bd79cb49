import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { query } from '../postgres-members.ts';
import { sumOf } from '../samples.ts';
import { chaos } from './chaos.ts';
import { type Fleet, type Replica, samplesOf, settled, startFleet } from './fleet.ts';

/*
 * A database server with a synchronous standby: nothing is answered 202 that only the first server has.
 */

/** As of `long-chaos.test.ts`. */
const isLong = process.env['ANT_WATCHER_TEST_LONG'] !== undefined;

test('after a fail-over to the standby under load, nothing that was answered 202 is lost, and all show the truth', {
  skip: !isLong,
}, async (t) => {
  await using fleet = await startFleet({ count: 3, hasStandby: true });
  const figures = await chaos(fleet, {
    seed: 'mites',
    runs: 25,
    disasters: [['cut after commit'], ['fail over'], ['kill'], ['cut after commit']],
    scrapeEveryMs: 300,
  });
  t.diagnostic(JSON.stringify(figures));
});

test('a commit whose wait for the standby is cancelled is answered 503, and counts once when it comes again', async () => {
  await using fleet = await startFleet({ count: 1, hasStandby: true });
  const [{ service }] = fleet.replicas as [Replica];
  const body = { workflow: 'half.yml', repository: { full_name: 'load/alpha' } };
  const guid = randomUUID();
  await fleet.standby?.stop('immediate');
  const posted = service.post('workflow_dispatch', body, { guid });
  const stop = new AbortController();
  const cancelling = cancelWaits(fleet, stop.signal);
  const { status } = await posted;
  stop.abort();
  await cancelling;
  assert.equal(status, 503);

  await fleet.standby?.start();
  assert.equal((await service.post('workflow_dispatch', body, { guid })).status, 202);
  await settled(fleet);
  const samples = await samplesOf(service);
  assert.equal(sumOf(samples ?? new Map(), 'github_actions_dispatches_total'), 1);
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
