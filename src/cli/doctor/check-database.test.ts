import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import pg from 'pg';
import { startPostgres } from '../../../test/postgres.ts';
import { createTables, query } from '../../../test/postgres-members.ts';
import { inspectServer, type ServerInspection } from '../../store/postgres/inspect.ts';
import { checkDatabase, judgeDatabase } from './check-database.ts';

const forgetful = await startPostgres();
const server = await startPostgres({ isForgetful: false });
after(async () => {
  await forgetful[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const FOUND: ServerInspection = {
  asker: { user: 'ant', database: 'ants' },
  facts: {
    ...{ versionNumber: 150_000, version: '15.0', encoding: 'UTF8' },
    ...{ schemaName: 'public', mayCreate: true, isMoving: false },
  },
  ...{ schema: { version: 1, oldest: 1 }, newest: 1, rights: { closed: [], foreign: [] } },
  settings: { fsync: 'on', fullPageWrites: 'on', synchronousCommit: 'on', standbyNames: '' },
  standbys: { areSeen: true, connected: 0, synchronous: 0 },
  connections: { most: 97, used: 10 },
  ...{ oldest: null, idleSlots: [], bloated: [], aheadMs: 0, roundTripMs: 0.4 },
};

/** What is no finding `ok`, each as its level and all its words. */
function faultsOf(findings: ReturnType<typeof judgeDatabase>): string[] {
  return findings
    .filter(({ level }) => level !== 'ok')
    .map(({ level, what, hint }) => `${level}: ${what} → ${hint}`);
}

function expectFault(changed: Partial<ServerInspection>, ...expected: readonly RegExp[]): void {
  const faults = faultsOf(judgeDatabase('postgres://x', { ...FOUND, ...changed }));
  assert.equal(faults.length, expected.length, faults.join('\n'));
  for (const [index, fault] of faults.entries()) assert.match(fault, expected[index] as RegExp);
}

/** Without the warning that a round trip takes long: it may, on a busy machine. */
async function checked(url: string) {
  const findings = await checkDatabase({ url, password: null });
  return findings.filter(({ what }) => !what.startsWith('a round trip takes'));
}

test('a database that is fit has nothing but good findings, before the first start and after it', async () => {
  const url = await server.createDatabase();
  const before = await checked(url);
  assert.deepEqual(faultsOf(before), []);
  assert.match(before[1]?.what ?? '', /made at the first start/);
  await createTables(url);
  const found = await checked(url);
  assert.deepEqual(faultsOf(found), []);
  assert.match(found[0]?.what ?? '', /PostgreSQL \d+.*, a round trip takes \d+\.\d ms/);
  assert.match(found[1]?.what ?? '', /schema 1/);
});

test('a server that loses what it confirms fails', async () => {
  const faults = faultsOf(await checked(await forgetful.createDatabase()));
  assert.deepEqual(
    faults.map((fault) => /^failed: (\w+) is off/.exec(fault)?.[1]),
    ['fsync', 'full_page_writes', 'synchronous_commit'],
  );
});

test('rights that are missing are named with the SQL that gives them, and what cannot be seen is told', async () => {
  const url = await server.createDatabase();
  await query(url, 'CREATE ROLE plain LOGIN');
  const plain = url.replace('//ant_watcher@', '//plain@');
  assert.match(
    faultsOf(await checked(plain)).join(),
    /failed: its tables .*GRANT USAGE, CREATE ON SCHEMA "public"/,
  );
  await createTables(url);
  assert.match(
    faultsOf(await checked(plain)).join(),
    /denied for table schema.*GRANT SELECT, INSERT, UPDATE, DELETE/,
  );
  await query(url, 'GRANT SELECT ON schema TO plain');
  assert.match(
    faultsOf(await checked(plain)).join(),
    /plain may not read and write .*jobs.*GRANT SELECT, INSERT/,
  );
  await query(url, 'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO plain');
  const found = await checked(plain);
  assert.deepEqual(faultsOf(found), []);
  assert.match(found.map(({ what }) => what).join(), /can't be seen \(GRANT pg_monitor TO "plain"\)/);
});

test('open transactions, idle slots and dead rows are seen', async () => {
  const url = await server.createDatabase();
  await createTables(url);
  const client = new pg.Client({ connectionString: url, application_name: 'report' });
  await client.connect();
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1 FROM head');
  await query(url, `SELECT pg_create_physical_replication_slot('idle', true)`);
  const { oldest, idleSlots } = await inspectServer({ url, password: null });
  assert.deepEqual([oldest?.program, oldest?.user, idleSlots], ['report', 'ant_watcher', ['idle']]);
  await client.end();
  await query(url, `SELECT pg_drop_replication_slot('idle')`);
});

test('each danger is judged, with what to do', () => {
  expectFault({});
  const { settings } = FOUND;
  const waiting = { ...settings, standbyNames: 'b' };
  expectFault({ settings: waiting, standbys: { areSeen: true, connected: 1, synchronous: 1 } });
  expectFault({ settings: waiting }, /failed: .* every write waits/);
  expectFault(
    { standbys: { areSeen: true, connected: 1, synchronous: 0 } },
    /warning: no standby is synchronous/,
  );
  expectFault({ connections: { most: 97, used: 90 } }, /failed: 90 of 97 .*max_connections/);
  expectFault({ connections: { most: 97, used: 80 } }, /warning: 80 of 97/);
  const oldest = { pid: 7, user: 'joe', program: 'psql', seconds: 301 };
  expectFault({ oldest }, /warning: psql of joe \(pid 7\) .* 5 min.*pg_terminate_backend\(7\)/);
  expectFault({ oldest: { ...oldest, seconds: 299 } });
  expectFault({ idleSlots: ['a'], bloated: ['jobs'] }, /slot a/, /jobs is mostly dead rows/);
  expectFault({ aheadMs: 2500 }, /warning: the clock of this machine is 3 s behind/);
  expectFault({ aheadMs: -9000 }, /9 s ahead of/);
  expectFault({ roundTripMs: 25 }, /warning: a round trip takes 25 ms: .* 13 transactions a second/);
  const older = { schema: { version: 1, oldest: 1 }, newest: 2 };
  expectFault(older);
  expectFault(
    { ...older, rights: { closed: [], foreign: ['jobs'] } },
    /failed: .*upgraded from schema 1 to 2.*OWNER TO/,
  );
});

test('a server that does not answer fails, and no password is shown', async () => {
  const findings = await checkDatabase({ url: 'postgres://a@127.0.0.1:1/b', password: 'very secret' });
  assert.match(faultsOf(findings).join(), /failed: .*ECONNREFUSED/);
  assert.ok(!JSON.stringify(findings).includes('very secret'));
});
