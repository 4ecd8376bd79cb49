import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startPostgres } from '../../../test/postgres.ts';
import { createTables, openMember, query } from '../../../test/postgres-members.ts';
import type { Standing } from '../../domain/replica.ts';

const server = await startPostgres();
after(() => server[Symbol.asyncDispose]());

const SELF = { host: 'h', version: '1', configHash: 'c' };

async function database(): Promise<string> {
  const url = await server.createDatabase();
  await createTables(url);
  return url;
}

/** Nothing is heard of it any more: all that it was given ends. */
async function fallSilent(url: string, id: number): Promise<void> {
  await query(url, `UPDATE replicas SET expires_at = clock_timestamp() - INTERVAL '1 ms' WHERE id = ${id}`);
  await query(
    url,
    `UPDATE leases SET expires_at = clock_timestamp() - INTERVAL '1 ms' WHERE replica_id = ${id}`,
  );
}

function leads({ leadsForMs }: Standing): boolean {
  return leadsForMs > 0;
}

test('the first leads, and all see each other', async () => {
  const url = await database();
  await using first = await openMember(url);
  await using second = await openMember(url);
  await using third = await openMember(url);
  assert.deepEqual(
    [leads(await first.fleet.join(SELF)), leads(await second.fleet.join(SELF))],
    [true, false],
  );
  const standing = await third.fleet.join({ ...SELF, host: 'h3' });
  assert.equal(standing.crashedAtMs, null);
  assert.deepEqual(
    standing.replicas.map(({ host, isSelf, leads }) => [host, isSelf, leads]),
    [
      ['h', false, true],
      ['h', false, false],
      ['h3', true, false],
    ],
  );
  const [of] = standing.replicas;
  assert.ok(of !== undefined && Math.abs(of.seenAtMs - standing.nowMs) < 10_000);
  assert.ok(of.startedAtMs <= of.seenAtMs + 1);
  assert.deepEqual([leads(await first.fleet.beat()), leads(await second.fleet.beat())], [true, false]);
});

test('one that falls silent is removed by the next leader, which reports the crash', async () => {
  const url = await database();
  await using first = await openMember(url);
  await using second = await openMember(url);
  await using third = await openMember(url);
  for (const { fleet } of [first, second, third]) await fleet.join(SELF);
  await fallSilent(url, first.self.id);
  // One that does not lead removes nobody.
  await query(url, `UPDATE leases SET expires_at = clock_timestamp() + INTERVAL '1 h'`);
  assert.equal((await second.fleet.beat()).crashedAtMs, null);
  assert.equal((await query(url, 'SELECT id FROM replicas')).length, 3);
  await fallSilent(url, first.self.id);
  const standing = await second.fleet.beat();
  assert.deepEqual([leads(standing), standing.replicas.length], [true, 2]);
  assert.ok(standing.crashedAtMs !== null && standing.nowMs - standing.crashedAtMs < 5000);
  const other = await third.fleet.beat();
  assert.deepEqual([leads(other), other.crashedAtMs], [false, standing.crashedAtMs]);
});

test('a leader that was frozen comes back, does not lead, and has a new id', async () => {
  const url = await database();
  await using frozen = await openMember(url);
  await using other = await openMember(url);
  await frozen.fleet.join(SELF);
  await other.fleet.join(SELF);
  const before = frozen.self.id;
  await fallSilent(url, before);
  assert.ok(leads(await other.fleet.beat()));
  const standing = await frozen.fleet.beat();
  assert.equal(leads(standing), false);
  assert.notEqual(frozen.self.id, before);
  assert.deepEqual(
    standing.replicas.map(({ id, isSelf }) => [id, isSelf]),
    [
      [other.self.id, false],
      [frozen.self.id, true],
    ],
  );
});

test('a lone process that was frozen is the same as before, and leads', async () => {
  const url = await database();
  await using alone = await openMember(url);
  await alone.fleet.join(SELF);
  const { id } = alone.self;
  await fallSilent(url, id);
  const standing = await alone.fleet.beat();
  assert.deepEqual([leads(standing), standing.crashedAtMs, alone.self.id], [true, null, id]);
});

test('whoever leaves passes the lead on at once, and has not crashed', async () => {
  const url = await database();
  await using first = await openMember(url);
  await using second = await openMember(url);
  await first.fleet.join(SELF);
  await second.fleet.join(SELF);
  await first.fleet.leave();
  const standing = await second.fleet.beat();
  assert.deepEqual([leads(standing), standing.crashedAtMs, standing.replicas.length], [true, null, 1]);
});

test('the crash of a process that was alone is seen by the next start, or soon after it', async () => {
  const url = await database();
  await using alone = await openMember(url);
  await alone.fleet.join(SELF);
  await using next = await openMember(url);
  assert.equal((await next.fleet.join(SELF)).crashedAtMs, null);
  await fallSilent(url, alone.self.id);
  assert.notEqual((await next.fleet.beat()).crashedAtMs, null);
  await fallSilent(url, next.self.id);
  await using later = await openMember(url);
  await query(url, 'DELETE FROM marks');
  assert.notEqual((await later.fleet.join(SELF)).crashedAtMs, null);
  await query(url, 'UPDATE marks SET value = value - 3600001');
  assert.equal((await later.fleet.beat()).crashedAtMs, null);
});

test('many that beat at once never lead at the same time, by the clock of the database', async () => {
  const url = await database();
  const members = await Promise.all(Array.from({ length: 3 }, () => openMember(url)));
  await Promise.all(members.map(({ fleet }) => fleet.join(SELF)));
  for (let round = 0; round < 20; round += 1) {
    const standings = await Promise.all(members.map(({ fleet }) => fleet.beat()));
    assert.equal(standings.filter(leads).length, 1);
    const leader = members[standings.findIndex(leads)];
    if (round % 2 === 0) await leader?.fleet.leave();
    else await fallSilent(url, leader?.self.id ?? 0);
  }
  await Promise.all(members.map((member) => member[Symbol.asyncDispose]()));
});

test('two that may lead at the same moment: the lease decides', async () => {
  const url = await database();
  await using first = await openMember(url);
  await using second = await openMember(url);
  await first.fleet.join(SELF);
  await second.fleet.join(SELF);
  for (let round = 0; round < 20; round += 1) {
    await query(url, `UPDATE leases SET expires_at = clock_timestamp() - INTERVAL '1 ms'`);
    const standings = await Promise.all([first.fleet.beat(), second.fleet.beat()]);
    assert.equal(standings.filter(leads).length, 1);
  }
});

const DELIVERY = `'g', 'e', '', 'webhook', 0, '{}'`;

test('the leader takes over the deliveries of those that are gone, and nobody else does', async () => {
  const url = await database();
  await using leader = await openMember(url);
  await using gone = await openMember(url);
  await using other = await openMember(url);
  for (const { fleet } of [leader, gone, other]) await fleet.join(SELF);
  const owners = async () =>
    (await query(url, 'SELECT DISTINCT replica_id AS id FROM deliveries ORDER BY id')).map(({ id }) =>
      Number(id),
    );
  for (const { self } of [leader, gone, other])
    await query(
      url,
      `INSERT INTO deliveries (replica_id, guid, event, action, source, received_at_ms, payload)
       SELECT ${self.id}, ${DELIVERY} FROM generate_series(1, 2500)`,
    );
  await query(
    url,
    `INSERT INTO failed_deliveries SELECT 90000, ${gone.self.id}, ${DELIVERY}, 1, '', 0, NULL`,
  );
  const before = gone.self.id;
  await gone.fleet.leave();
  assert.equal(leads(await other.fleet.beat()), false);
  assert.deepEqual(await owners(), [leader.self.id, before, other.self.id]);
  assert.ok(leads(await leader.fleet.beat()));
  assert.deepEqual([await owners(), leader.taken() > 0], [[leader.self.id, other.self.id], true]);
  const taken = leader.taken();
  await other.fleet.beat();
  await leader.fleet.beat();
  assert.deepEqual([other.taken(), leader.taken()], [0, taken]);
  const failed = await query(url, 'SELECT replica_id AS id FROM failed_deliveries');
  assert.deepEqual(failed, [{ id: String(leader.self.id) }]);
});

test('what waited at a clean end is taken over by the next start', async () => {
  const url = await database();
  await using first = await openMember(url);
  await first.fleet.join(SELF);
  await query(
    url,
    `INSERT INTO deliveries (replica_id, guid, event, action, source, received_at_ms, payload)
     VALUES (${first.self.id}, ${DELIVERY}), (0, ${DELIVERY})`,
  );
  await first.fleet.leave();
  await using next = await openMember(url);
  await next.fleet.join(SELF);
  const owners = await query(url, 'SELECT replica_id AS id FROM deliveries');
  assert.deepEqual(owners, Array(2).fill({ id: String(next.self.id) }));
});

test('the leader deletes old changes, and no others', async () => {
  const url = await database();
  await using alone = await openMember(url);
  await query(
    url,
    `INSERT INTO changes SELECT seq, 7, 1, clock_timestamp() - INTERVAL '11 minutes' + seq * INTERVAL '20 s', '{}', 1, 1, 0, 1, 0
     FROM generate_series(2, 6) AS seq;
     UPDATE changes SET committed_at = clock_timestamp() - INTERVAL '1 h' WHERE seq = 1`,
  );
  await alone.fleet.join(SELF);
  const left = (await query(url, 'SELECT seq FROM changes ORDER BY seq')).map(({ seq }) => Number(seq));
  assert.deepEqual(left, [4, 5, 6]);
  await query(url, `UPDATE changes SET committed_at = clock_timestamp() - INTERVAL '1 h'`);
  await alone.fleet.beat();
  assert.deepEqual(await query(url, 'SELECT seq FROM changes'), [{ seq: '6' }]);
});

test('shows how many transactions one had not followed', async () => {
  const url = await database();
  await using first = await openMember(url);
  await using second = await openMember(url);
  for (const { fleet } of [first, second]) {
    await fleet.join(SELF);
    await fleet.catchUp();
  }
  for (let count = 0; count < 3; count += 1) await first.write(async () => ({ result: null, counts: {} }));
  await first.fleet.beat();
  const behind = async () => (await second.fleet.beat()).replicas.map(({ behind }) => behind);
  assert.deepEqual(await behind(), [0, 3]);
  await second.fleet.catchUp();
  assert.deepEqual(await behind(), [0, 0]);
});
