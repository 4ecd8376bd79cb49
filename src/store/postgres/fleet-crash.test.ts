import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPostgresDatabases } from '../../../test/postgres-databases.ts';
import { openMember, query } from '../../../test/postgres-members.ts';

const databases = openPostgresDatabases();
const SELF = { host: 'h', version: '1', configHash: 'c' };

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
     UPDATE replicas SET expires_at = clock_timestamp() - INTERVAL '1 ms' WHERE id = ${crashed.self.id};
     UPDATE leases SET expires_at = clock_timestamp() - INTERVAL '1 ms'`,
  );
  const heard: unknown[] = [];
  await other.fleet.beat(({ crashedAtMs }) => heard.push(crashedAtMs === null, other.taken()));
  assert.deepEqual([heard, other.taken()], [[false, 0], 1]);
});
