import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { LOCK_HEAD } from '../../src/store/postgres/head.ts';
import { type PostgresServer, startPostgres } from '../postgres.ts';
import { adminOf, type PostgresAdmin } from '../postgres-access.ts';
import { sumOf } from '../samples.ts';
import { type Service, startService } from '../service.ts';
import { until } from './fleet.ts';

/*
 * What goes wrong with a database server, each caused there while the service runs: deliveries are answered with 503,
 * `/readyz` too, the log and `/health` say what to do, and the service goes on by itself.
 */

const PASSWORD = 'the-pass-of-the-ants-0815';
let server: PostgresServer;
let admin: PostgresAdmin;
let database: string;
let service: Service;
let accepted = 0;

before(async () => {
  server = await startPostgres();
  admin = adminOf(server);
  database = new URL(await server.createDatabase()).pathname.slice(1);
  await admin.sql(`CREATE ROLE ants LOGIN PASSWORD '${PASSWORD}'`);
  await admin.sql(`ALTER DATABASE ${database} OWNER TO ants`);
  await admin.sql('GRANT ALL ON SCHEMA public TO ants', database);
  await admin.allow('host all ants all scram-sha-256');
  service = await startService({ storage: url(), env: { ANT_WATCHER_STORAGE_PASSWORD: PASSWORD } });
});
after(async () => {
  await service?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

function url(): string {
  return `postgres://ants@127.0.0.1:${server.port}/${database}`;
}

async function post(): Promise<number> {
  const { status, text } = await service.post('workflow_dispatch', {
    workflow: 'a.yml',
    repository: { full_name: 'o/r' },
  });
  if (status === 202) accepted += 1;
  else assert.deepEqual([status, JSON.parse(text).error.code], [503, 'store_unavailable']);
  return status;
}

interface Fault {
  readonly name: string;
  readonly begin: () => Promise<unknown>;
  readonly end: () => Promise<unknown>;
  readonly says: RegExp;
  readonly hint: RegExp;
}

/** The errors of deliveries that were not stored, as logged since that place. */
function failuresSince(place: number): { readonly message: string; readonly hint: string | undefined }[] {
  return service.log
    .slice(place)
    .split('\n')
    .filter((line) => line.includes('"code":"deliveries_not_stored"'))
    .map((line) => JSON.parse(line).err);
}

const cut = () => admin.sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'ants'`);
let holder: pg.Client;

const FAULTS: readonly Fault[] = [
  {
    name: 'is away',
    begin: () => server.stop('fast'),
    end: () => server.start(),
    says: /ECONNREFUSED/,
    hint: /Start the database server/,
  },
  {
    name: 'has too many connections',
    async begin() {
      await admin.sql('ALTER ROLE ants CONNECTION LIMIT 0');
      await cut();
    },
    end: () => admin.sql('ALTER ROLE ants CONNECTION LIMIT -1'),
    says: /too many connections/,
    hint: /max_connections/,
  },
  {
    name: 'takes no longer the password',
    async begin() {
      await admin.sql(`ALTER ROLE ants PASSWORD 'another'`);
      await cut();
    },
    end: () => admin.sql(`ALTER ROLE ants PASSWORD '${PASSWORD}'`),
    says: /password authentication failed for user "ants"/,
    hint: /storage\.password_file/,
  },
  {
    name: 'has become a standby, as after a fail-over',
    async begin() {
      await server.stop('fast');
      admin.write('standby.signal', '');
      await server.start();
    },
    end: () => admin.sql('SELECT pg_promote()'),
    says: /127\.0\.0\.1:\d+ is a standby/,
    hint: /primary/,
  },
  {
    name: 'is only to be read, as a provider sets it when the disk is nearly full',
    async begin() {
      await admin.sql('ALTER ROLE ants SET default_transaction_read_only = on');
      await cut();
    },
    end: () => admin.sql('ALTER ROLE ants RESET default_transaction_read_only'),
    says: /read-only transaction/,
    hint: /default_transaction_read_only.*standby/,
  },
  {
    name: 'denies a right',
    begin: () => admin.sql('REVOKE INSERT ON changes FROM ants', database),
    end: () => admin.sql('GRANT INSERT ON changes TO ants', database),
    says: /permission denied for table changes/,
    hint: /owner/,
  },
  {
    // What the server says then, by its code: only root can make a disk full.
    name: 'has no room',
    begin: () =>
      admin.sql(
        `CREATE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN RAISE 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;
         CREATE TRIGGER full_disk BEFORE INSERT ON changes EXECUTE FUNCTION fill();
         CREATE TRIGGER full_disk BEFORE INSERT ON marks EXECUTE FUNCTION fill()`,
        database,
      ),
    end: () => admin.sql('DROP TRIGGER full_disk ON changes; DROP TRIGGER full_disk ON marks', database),
    says: /No space left/,
    hint: /room on the disk/,
  },
  {
    name: 'is held up by somebody',
    begin: () => hold(LOCK_HEAD.text),
    end: () => holder.end(),
    says: /lock timeout/,
    hint: /pg_stat_activity/,
  },
  {
    name: 'is held up by a change of its tables',
    begin: () => hold('LOCK TABLE head'),
    end: () => holder.end(),
    says: /lock timeout/,
    hint: /pg_stat_activity/,
  },
];

/** In a transaction that stays open. */
async function hold(sql: string): Promise<void> {
  holder = new pg.Client({ host: server.folder, port: server.port, user: 'ant_watcher', database });
  holder.on('error', () => undefined);
  await holder.connect();
  await holder.query(`BEGIN; ${sql}`);
}

/** Why no delivery can be accepted, as `/health` says. */
async function reasonNotReady(): Promise<string> {
  const { checks } = (await (await service.get('/health')).json()) as {
    readonly checks: { readonly ready: { readonly reason?: string } };
  };
  return checks.ready.reason ?? '';
}

for (const { name, begin, end, says, hint } of FAULTS)
  test(`a database that ${name}: deliveries get 503, the log and /health say what to do, and the service goes on by itself`, async () => {
    const place = service.log.length;
    await begin();
    await until('it is not told', async () => {
      await post();
      return failuresSince(place).some(({ message }) => says.test(message));
    });
    const told = failuresSince(place).filter(({ message }) => says.test(message));
    assert.match(told[0]?.hint ?? '', hint);
    await until('it is ready', async () => (await service.get('/readyz')).status === 503);
    await until('/health does not say why', async () => hint.test(await reasonNotReady()));
    await end();
    await until('the service does not go on', async () => (await post()) === 202);
    await until('it is not ready', async () => (await service.get('/readyz')).ok);
    const samples = await service.settled();
    assert.equal(sumOf(samples, 'github_actions_dispatches_total'), accepted);
    assert.ok(!service.log.includes(PASSWORD));
  });
