import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, test } from 'node:test';
import pg from 'pg';
import { startPostgres } from '../../../test/postgres.ts';
import { added, openMember, query, store, stored } from '../../../test/postgres-members.ts';
import { sleep } from '../../timing/sleep.ts';
import { inspectServer } from './inspect.ts';
import { migrate } from './migrate.ts';
import { type Migration, ownMigrations, parseMigration } from './migrations.ts';
import { openPostgresStore } from './store.ts';
import { refuseUnsuitable } from './suitable.ts';

const server = await startPostgres();
after(() => server[Symbol.asyncDispose]());

const NEWEST = ownMigrations().length;
const NEXT = NEWEST + 1;

/** Our migrations and one more. */
function andThen(sql: string, firstLine = `-- Works beside code that knows schema ${NEWEST}.`): Migration[] {
  return [...ownMigrations(), parseMigration(NEXT, `${firstLine}\n${sql}`)];
}

async function schemaOf(url: string) {
  const [row] = await query(url, 'SELECT version, oldest FROM schema');
  return [row?.['version'], row?.['oldest']];
}

/** A user without any right in the database, and the URL with which it comes. */
async function plainUser(url: string, name: string): Promise<string> {
  await query(url, `CREATE ROLE ${name} LOGIN`);
  return url.replace('//ant_watcher@', `//${name}@`);
}

/** Upgrades in a process of its own. */
function upgradeApart(url: string, migrations: readonly Migration[]) {
  const program = `import { migrate } from ${JSON.stringify(new URL('./migrate.ts', import.meta.url).href)};
    await migrate(${JSON.stringify({ url, password: null, migrations })});`;
  return spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'inherit' });
}

/** Until the query has a row. */
async function waitFor(url: string, text: string): Promise<Readonly<Record<string, unknown>>> {
  for (;;) {
    const [row] = await query(url, text);
    if (row !== undefined) return row;
    await sleep(20);
  }
}

async function holdOpen(url: string, text: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`BEGIN ISOLATION LEVEL REPEATABLE READ; ${text}`);
  return client;
}

test('each migration says beside which code it works', () => {
  for (const { version, oldest } of ownMigrations()) assert.ok(oldest >= 1 && oldest <= version);
  assert.throws(() => parseMigration(1, 'CREATE TABLE a (b INTEGER);\n'), /does not say/);
});

test('of several processes that find an empty database at the same time, one makes the tables', async () => {
  const url = await server.createDatabase();
  const migrations = andThen('CREATE TABLE once (a INTEGER);\nSELECT pg_sleep(0.3);\n');
  await Promise.all([1, 2, 3].map(() => migrate({ url, password: null, migrations })));
  assert.deepEqual(await schemaOf(url), [NEXT, NEWEST]);
  await migrate({ url, password: null, migrations });
});

test('older and newer code work side by side, until the newer one takes away what the older one needs', async () => {
  const url = await server.createDatabase();
  await migrate({ url, password: null });
  await using older = await openMember(url);
  await older.fleet.join({ host: 'a', version: '1', configHash: '' });
  await store(older, { increments: [added(['a'], 1)] });
  const expanded = andThen(`ALTER TABLE series ADD COLUMN unit TEXT NOT NULL DEFAULT '';\n`);
  await migrate({ url, password: null, migrations: expanded });
  await store(older, { increments: [added(['a'], 2), added(['b'], 5)] });
  await older.fleet.beat();
  await (await openPostgresStore({ url, password: null }))[Symbol.asyncDispose]();
  assert.deepEqual([await schemaOf(url), await stored(url)], [[NEXT, NEWEST], { 'm a 0': 3, 'm b 0': 5 }]);
  const line = `-- Works beside code that knows schema ${NEXT}.\n`;
  const contracted = [
    ...expanded,
    parseMigration(NEXT + 1, `${line}ALTER TABLE series DROP COLUMN created_at_ms;\n`),
  ];
  await migrate({ url, password: null, migrations: contracted });
  const refused = {
    code: 'store_too_new',
    message: new RegExp(`needs .* schema ${NEXT}; this one is older`),
  };
  await assert.rejects(openPostgresStore({ url, password: null }), refused);
  await assert.rejects(older.fleet.beat(), refused);
  await migrate({ url, password: null, migrations: contracted });
});

test('a process that is killed in the middle of a migration leaves the version before', async () => {
  const url = await server.createDatabase();
  const migrations = andThen('CREATE TABLE once (a INTEGER);\nSELECT pg_sleep(2);\n');
  const killed = upgradeApart(url, migrations);
  await waitFor(
    url,
    `SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND query = 'SELECT pg_sleep(2)'`,
  );
  killed.kill('SIGKILL');
  await once(killed, 'exit');
  assert.deepEqual(await schemaOf(url), [NEWEST, 1]);
  await migrate({ url, password: null, migrations });
  assert.deepEqual(await schemaOf(url), [NEXT, NEWEST]);
});

test('statements that no transaction can hold are repeated after an interruption', async () => {
  const url = await server.createDatabase();
  await migrate({ url, password: null });
  const migrations = andThen(
    'DROP INDEX CONCURRENTLY IF EXISTS seen_at;\nCREATE INDEX CONCURRENTLY seen_at ON seen_deliveries (seen_at_ms);\n',
    `-- Works beside code that knows schema ${NEWEST}; each statement by itself.`,
  );
  // Making an index waits for who may still see the table without it.
  const reader = await holdOpen(url, 'SELECT 1 FROM head');
  const killed = upgradeApart(url, migrations);
  const index = `SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('seen_at')`;
  assert.deepEqual(await waitFor(url, index), { indisvalid: false });
  killed.kill('SIGKILL');
  await once(killed, 'exit');
  const again = migrate({ url, password: null, migrations });
  await reader.end();
  await again;
  assert.deepEqual([await schemaOf(url), await query(url, index)], [[NEXT, NEWEST], [{ indisvalid: true }]]);
});

test('a table that somebody reads is waited for again and again, each time not for long', async () => {
  const url = await server.createDatabase();
  await migrate({ url, password: null });
  const reader = await holdOpen(url, 'SELECT 1 FROM jobs');
  const upgraded = migrate({
    url,
    password: null,
    migrations: andThen('ALTER TABLE jobs ADD COLUMN a TEXT;\n'),
  });
  const waiting = `SELECT query_start::text AS since FROM pg_stat_activity
    WHERE wait_event_type = 'Lock' AND query LIKE 'ALTER TABLE jobs%'`;
  const { since } = await waitFor(url, waiting);
  await waitFor(url, `SELECT 1 FROM (${waiting}) AS w WHERE since <> '${since}'`);
  await reader.end();
  await upgraded;
  assert.deepEqual(await schemaOf(url), [NEXT, NEWEST]);
});

test('a user without the right to make tables is told how to get it; with the right to use them, it needs no other', async () => {
  const url = await server.createDatabase();
  const plain = await plainUser(url, 'plain');
  const start = async () => (await openPostgresStore({ url: plain, password: null }))[Symbol.asyncDispose]();
  const told = (hint: RegExp) => ({ code: 'store_unavailable', message: /plain may not make|denied/, hint });
  await assert.rejects(start(), told(/GRANT USAGE, CREATE ON SCHEMA "public" TO "plain"/));
  await migrate({ url, password: null });
  await assert.rejects(start(), told(/GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES .* TO "plain"/));
  await query(url, 'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO plain');
  await start();
  const another = await server.createDatabase();
  await query(another, 'GRANT USAGE, CREATE ON SCHEMA public TO plain');
  await migrate({ url: another.replace('//ant_watcher@', '//plain@'), password: null });
});

test('what is missing on the server is told with the SQL that makes it', async () => {
  const url = await server.createDatabase();
  const absent = url.replace(/[^/]*$/, 'nowhere');
  await assert.rejects(migrate({ url: absent, password: null }), {
    code: 'store_unavailable',
    hint: /CREATE DATABASE "nowhere" OWNER "ant_watcher" ENCODING 'UTF8' TEMPLATE template0/,
  });
  await assert.rejects(migrate({ url: url.replace('//ant_watcher@', '//nobody@'), password: null }), {
    code: 'store_unavailable',
    hint: /whether the user exists/,
  });
  await query(url, `CREATE DATABASE latin ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`);
  await assert.rejects(migrate({ url: url.replace(/[^/]*$/, 'latin'), password: null }), {
    code: 'store_unsupported',
    message: /encoding LATIN1/,
    hint: /CREATE DATABASE "latin"/,
  });
});

test('a table of somebody else under a name of ours is refused, with the SQL that helps', async () => {
  const url = await server.createDatabase();
  const name = new URL(url).pathname.slice(1);
  const start = () => migrate({ url, password: null });
  const refused = (message: RegExp, hint: RegExp) => ({ code: 'store_unsupported', message, hint });
  await query(url, 'CREATE TABLE head (of_a_fish TEXT)');
  await assert.rejects(start(), refused(/: public\.head$/, /CREATE SCHEMA "ant_watcher" AUTHORIZATION/));
  await query(url, 'ALTER TABLE head RENAME TO "schema"');
  await assert.rejects(start(), refused(/: public\.schema$/, /CREATE SCHEMA/));
  await query(url, 'DROP TABLE "schema"; CREATE SCHEMA later; CREATE TABLE later.head (of_a_fish TEXT)');
  await query(url, `ALTER DATABASE ${name} SET search_path = "$user", public, later`);
  await start();
  await start();

  await query(url, 'CREATE SCHEMA ant_watcher; CREATE TABLE ant_watcher.head (of_a_fish TEXT)');
  await assert.rejects(start(), refused(/: ant_watcher\.head$/, /SET search_path = "public"/));
  await assert.rejects(inspectServer({ url, password: null }), { code: 'store_unsupported' });
  await query(url, `ALTER DATABASE ${name} SET search_path = public`);
  await start();
});

test('a server that is too old is refused', () => {
  const facts = {
    ...{ versionNumber: 140_000, version: '14.0', encoding: 'UTF8' },
    ...{ schemaName: 'public', mayCreate: true, isMoving: false },
  };
  const asker = { user: 'a', database: 'b' };
  refuseUnsuitable(facts, asker);
  const refuse = (changed: object) => () => refuseUnsuitable({ ...facts, ...changed }, asker);
  assert.throws(refuse({ versionNumber: 130_099, version: '13.99' }), {
    code: 'store_unsupported',
    message: /13\.99/,
  });
});
