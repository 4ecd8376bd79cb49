import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LOG_EVENTS } from '../../src/domain/log-events/log-events.ts';
import { AUTHORITY, DATABASE_CERTIFICATES, STRANGER } from '../fixtures/database-certificates.ts';
import { startPostgres } from '../postgres.ts';
import { adminOf } from '../postgres-access.ts';
import { startAntWatcher } from '../run-ant-watcher.ts';
import { openTemporaryFolder } from '../temporary-folder.ts';

/* A replica that starts while its database server is away, as in a fail-over, or does not let it in. */

const AWAITED = LOG_EVENTS.database_awaited.message;
const RIGHT = 'the-pass-of-the-ants-0815';
const WRONG = 'wrong-pass-of-the-ants-4711';

interface LoggedError {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

test('it waits for the server, and starts when that is back; asked to stop meanwhile, it stops', async () => {
  await using database = await startPostgres();
  const storage = await database.createDatabase();
  await database.stop('fast');
  using stopped = serve(storage);
  using waiting = serve(storage);
  for (const each of [stopped, waiting]) {
    const { level, waitMs } = await each.logged(AWAITED);
    assert.deepEqual({ level, waitMs }, { level: 'warn', waitMs: 1000 });
  }
  stopped.signal('SIGTERM');
  assert.equal((await stopped.ended()).code, 0, stopped.output());

  await database.start();
  await waiting.logged('Ready');
  waiting.signal('SIGTERM');
  assert.equal((await waiting.ended()).code, 0, waiting.output());
});

test('it waits for a database, a user and a connection that are there later, and says why it waits', async () => {
  await using database = await startPostgres();
  const admin = adminOf(database);
  const there = await database.createDatabase();
  const absent = there.replace(/[^/]*$/, 'later');
  await admin.sql('CREATE ROLE busy LOGIN CONNECTION LIMIT 0');
  for (const { storage, says, hint, make } of [
    {
      storage: absent,
      says: /database "later" does not exist/,
      hint: /CREATE DATABASE "later"/,
      make: 'CREATE DATABASE later TEMPLATE template0',
    },
    {
      storage: there.replace('ant_watcher@', 'late@'),
      says: /role "late" does not exist/,
      hint: /whether the user exists/,
      make: 'CREATE ROLE late LOGIN SUPERUSER',
    },
    {
      storage: there.replace('ant_watcher@', 'busy@'),
      says: /too many connections for role "busy"/,
      hint: /the limit of the user/,
      make: 'ALTER ROLE busy SUPERUSER CONNECTION LIMIT -1',
    },
  ]) {
    using waiting = serve(storage);
    const { err } = (await waiting.logged(AWAITED)) as { err: LoggedError };
    assert.match(err.message, says);
    assert.match(err.hint ?? '', hint);
    await admin.sql(make);
    await waiting.logged('Ready');
    waiting.signal('SIGTERM');
    assert.equal((await waiting.ended()).code, 0, waiting.output());
  }
});

test('it waits for a host that nobody knows yet', async () => {
  using waiting = serve('postgres://ant_watcher@ant-watcher-database.invalid/ants');
  await waiting.logged(AWAITED);
  waiting.signal('SIGTERM');
  assert.equal((await waiting.ended()).code, 0, waiting.output());
});

test('it ends at once where waiting changes nothing, and says what to change', async () => {
  await using database = await startPostgres();
  const admin = adminOf(database);
  using files = openTemporaryFolder({ 'ca.pem': AUTHORITY, 'stranger.pem': STRANGER.cert });
  const storage = await database.createDatabase();
  await admin.sql(`CREATE ROLE bob LOGIN SUPERUSER PASSWORD '${RIGHT}'`);
  await admin.allow('host all bob all scram-sha-256');
  const expectEnd = async (
    { password, parameters = {} }: { password?: string; parameters?: Record<string, string> },
    says: RegExp,
    hint: RegExp,
  ) => {
    const url = `${storage.replace('ant_watcher@', 'bob@')}?${new URLSearchParams(parameters)}`;
    using started = serve(url, password);
    const { code, stdout, stderr } = await started.ended();
    assert.equal(code, 1, started.output());
    assert.ok(!stdout.includes(AWAITED), stdout);
    const { err } = (await started.logged('Start failed')) as { err: LoggedError };
    assert.equal(err.code, 'store_refused');
    assert.match(err.message, says);
    assert.match(err.hint ?? '', hint);
    assert.ok(!`${stdout}${stderr}`.includes(WRONG));
  };
  await expectEnd({ password: WRONG }, /password authentication failed for user "bob"/, /storage\.password/);
  await expectEnd({}, /password/, /storage\.password/);
  await expectEnd({ password: RIGHT, parameters: { sslmode: 'require' } }, /not support SSL/, /TLS/);

  for (const [name, { cert, key }] of [
    ['server', DATABASE_CERTIFICATES.server],
    ['expired', DATABASE_CERTIFICATES.expired],
    ['elsewhere', DATABASE_CERTIFICATES.elsewhere],
  ] as const) {
    admin.write('server.crt', cert);
    admin.write('server.key', key);
    await admin.sql('ALTER SYSTEM SET ssl = on');
    await admin.reload();
    const root = name === 'server' ? 'stranger.pem' : 'ca.pem';
    const [says, hint] = CERTIFICATE_SAYS[name];
    const parameters = { sslmode: 'verify-full', sslrootcert: `${files.path}/${root}` };
    await expectEnd({ password: RIGHT, parameters }, says, hint);
  }
});

const CERTIFICATE_SAYS = {
  server: [/unable to verify/, /sslrootcert/],
  expired: [/expired/, /new certificate/],
  elsewhere: [/altnames|not in the cert's list/, /host in storage\.url/],
} as const;

function serve(storage: string, password?: string) {
  const env = {
    ...(password === undefined ? {} : { ANT_WATCHER_STORAGE_PASSWORD: password }),
    ANT_WATCHER_WEBHOOK_SECRET: "It's a Secret to Everybody",
    ANT_WATCHER_WEBHOOK_HOST: '127.0.0.1',
    ANT_WATCHER_WEBHOOK_PORT: '0',
    ANT_WATCHER_API_PORT: '0',
    ANT_WATCHER_STORAGE_URL: storage,
  };
  return startAntWatcher(['serve'], { env });
}
