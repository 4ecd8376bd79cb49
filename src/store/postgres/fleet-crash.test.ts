import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPostgresDatabases } from '../../../test/postgres-databases.ts';
import { openMember, query } from '../../../test/postgres-members.ts';
import { accept, delivery } from '../../../test/store-conformance/store-case.ts';
import { openPostgresStore } from './store.ts';

const databases = openPostgresDatabases();
const SELF = { host: 'h', version: '1', configHash: 'c' };

const DIES = `UPDATE replicas SET expires_at = clock_timestamp() - INTERVAL '1 ms'`;

test('postgres: a crash is heard of before what the crashed process had in hand can be leased', async () => {
  const url = await databases.create();
  await using crashed = await openMember(url);
  await using other = await openMember(url);
  await crashed.fleet.join(SELF);
  await other.fleet.join(SELF);
  await query(
    url,
    `INSERT INTO deliveries (replica_id, guid, event, action, source, received_at_ms, payload)
       VALUES (${crashed.self.id}, 'guid', 'e', 'a', 'webhook', 0, '{}');
     ${DIES} WHERE id = ${crashed.self.id};
     UPDATE leases SET expires_at = clock_timestamp() - INTERVAL '1 ms'`,
  );
  const heard: unknown[] = [];
  await other.fleet.beat(({ crashedAtMs }) => heard.push(crashedAtMs === null, other.taken()));
  assert.deepEqual([heard, other.taken()], [[false, 0], 1]);
});

test('postgres: what is leased says whether a process that has crashed had put it into the queue', async () => {
  const url = await databases.create();
  await using survivor = await openPostgresStore({ url, password: null });
  await survivor.join(SELF);
  await using crashed = await openPostgresStore({ url, password: null });
  const { replicas } = await crashed.join(SELF);
  await accept(crashed, [delivery('of the other')]);
  await accept(survivor, [delivery('own')]);
  await query(url, `${DIES} WHERE id = ${replicas.find(({ isSelf }) => isSelf)?.id}`);
  const lease = async () =>
    (await survivor.lease(9, 60_000)).map(({ guid, isTakenOver }) => [guid, isTakenOver]);
  assert.deepEqual(await lease(), [['own', false]]);
  await survivor.beat();
  assert.deepEqual(await lease(), [['of the other', true]]);
});
