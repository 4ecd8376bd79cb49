import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { query } from '../postgres-members.ts';
import { sumOf } from '../samples.ts';
import type { Service } from '../service.ts';
import { type Replica, samplesOf, startFleet, until } from './fleet.ts';

/*
 * A replica that stands still, as on a machine that is suspended, does not hold up the others, and is right again when
 * it goes on.
 */

const DISPATCHES = 'github_actions_dispatches_total';
/** In the statement with which a transaction leaves the one order (`src/store/postgres/change-log.ts`). */
const LEAVES = 'INSERT INTO changes';

async function post(service: Service): Promise<number> {
  const body = { workflow: 'half.yml', repository: { full_name: 'load/alpha' } };
  return (await service.post('workflow_dispatch', body, { guid: randomUUID() })).status;
}

async function dispatchesOf(service: Service): Promise<number | null> {
  const samples = await samplesOf(service);
  return samples === null ? null : sumOf(samples, DISPATCHES);
}

test('one that stands still while it alone may write: the others accept deliveries, and what it began never was', async () => {
  await using fleet = await startFleet({ count: 2 });
  const [still, other] = fleet.replicas as [Replica, Replica];
  const isHeld = still.way.holdBefore(LEAVES);
  // A new connection sends the text of its statements.
  still.way.cut();
  const lost = post(still.service);
  await isHeld;
  still.way.hold();
  const waits = `SELECT FROM pg_stat_activity WHERE state = 'idle in transaction'`;
  assert.equal((await query(fleet.databaseUrl, waits)).length, 1);
  assert.equal(await post(other.service), 202);
  assert.equal(await lost, 503);
  still.way.release();
  await until('they differ', async () => (await dispatchesOf(still.service)) === 1);
  assert.equal(await dispatchesOf(other.service), 1);
});

test('one that stood still for longer than the log of changes reaches back reads everything again', async () => {
  await using fleet = await startFleet({ count: 2 });
  const [still, other] = fleet.replicas as [Replica, Replica];
  assert.equal(await post(still.service), 202);
  still.service.signal('SIGSTOP');
  for (let count = 0; count < 3; count += 1) assert.equal(await post(other.service), 202);
  // As the leader does with what is older than ten minutes.
  await query(fleet.databaseUrl, 'DELETE FROM changes WHERE seq < (SELECT MAX(seq) FROM changes)');
  still.service.signal('SIGCONT');
  await until('it lacks something', async () => (await dispatchesOf(still.service)) === 4);
  assert.equal(await post(still.service), 202);
  for (const { service } of fleet.replicas)
    await until('they differ', async () => (await dispatchesOf(service)) === 5);
});
