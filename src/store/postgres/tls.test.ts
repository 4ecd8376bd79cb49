import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { AUTHORITY, DATABASE_CERTIFICATES, STRANGER } from '../../../test/fixtures/database-certificates.ts';
import { type PostgresServer, startPostgres } from '../../../test/postgres.ts';
import { adminOf, type PostgresAdmin } from '../../../test/postgres-access.ts';
import { openTemporaryFolder } from '../../../test/temporary-folder.ts';
import { AntError } from '../../domain/errors.ts';
import { openPostgresStore } from './store.ts';

/*
 * TLS and logins of a real server, as libpq has them: who is believed, who is let in, and what is said otherwise.
 */

const PASSWORD = 'the-pass-of-bob';
const { client } = DATABASE_CERTIFICATES;
const files = openTemporaryFolder({
  'ca.pem': AUTHORITY,
  'stranger.pem': STRANGER.cert,
  'stranger.key': STRANGER.key,
  'client.pem': client.cert,
  'client.key': client.key,
  'text.pem': 'no certificate',
});
const path = (name: string) => join(files.path, name);
let server: PostgresServer;
let admin: PostgresAdmin;
let database: string;

before(async () => {
  server = await startPostgres();
  admin = adminOf(server);
  database = new URL(await server.createDatabase()).pathname.slice(1);
  await admin.sql(`CREATE ROLE bob LOGIN SUPERUSER PASSWORD '${PASSWORD}'`);
  admin.write('root.crt', AUTHORITY);
  await show('server');
  await admin.sql(`ALTER SYSTEM SET ssl_ca_file = 'root.crt'`);
  await admin.sql('ALTER SYSTEM SET ssl = on');
  await admin.allow('hostssl all bob all scram-sha-256', 'hostssl all ant_watcher all cert');
});
after(async () => {
  await server?.[Symbol.asyncDispose]();
  files[Symbol.dispose]();
});

/** Which certificate the server has. */
async function show(name: keyof typeof DATABASE_CERTIFICATES): Promise<void> {
  const { cert, key } = DATABASE_CERTIFICATES[name];
  admin.write('server.crt', cert);
  admin.write('server.key', key);
  await admin.reload();
}

interface Login {
  readonly user?: string;
  readonly host?: string;
  readonly password?: string | null;
  readonly parameters?: Readonly<Record<string, string>>;
}

/** Null: it works. */
async function refusalOf({
  user = 'bob',
  host = 'localhost',
  password = user === 'bob' ? PASSWORD : null,
  parameters = {},
}: Login): Promise<AntError | null> {
  const url = `postgres://${user}@${host}:${server.port}/${database}?${new URLSearchParams(parameters)}`;
  try {
    const store = await openPostgresStore({ url, password });
    await store[Symbol.asyncDispose]();
    return null;
  } catch (error) {
    assert.ok(error instanceof AntError, String(error));
    return error;
  }
}

async function expectIn(login: Login): Promise<void> {
  const refusal = await refusalOf(login);
  assert.equal(refusal, null);
}

async function expectRefused(login: Login, message: RegExp, hint: RegExp, code = 'store_refused') {
  const refusal = await refusalOf(login);
  assert.ok(refusal !== null, `let in: ${JSON.stringify(login)}`);
  assert.equal(refusal.code, code);
  assert.match(refusal.message, message);
  assert.doesNotMatch(refusal.message, /\n|openssl/);
  assert.match(refusal.hint ?? '', hint);
}

const KNOWN = { sslrootcert: path('ca.pem') };

test('a server is believed by the authority that is named, and with verify-full by its name', async () => {
  await expectIn({ parameters: KNOWN });
  await expectIn({ parameters: { ...KNOWN, sslmode: 'verify-full' } });
  await expectIn({ host: '127.0.0.1', parameters: { ...KNOWN, sslmode: 'verify-full' } });
  await expectIn({ parameters: { ...KNOWN, sslmode: 'verify-ca' } });
  await expectIn({ parameters: { sslmode: 'require' } });
});

test('an authority that is not the one of the server is refused, with require too where one is named', async () => {
  for (const sslmode of ['require', 'verify-ca', 'verify-full'])
    await expectRefused(
      { parameters: { sslmode, sslrootcert: path('stranger.pem') } },
      /self-signed certificate/,
      /sslrootcert/,
    );
  for (const sslrootcert of [undefined, 'system'])
    await expectRefused(
      { parameters: { sslmode: 'verify-full', ...(sslrootcert === undefined ? {} : { sslrootcert }) } },
      /self-signed certificate/,
      /sslrootcert/,
    );
});

test('a server with another name is refused by verify-full only', async () => {
  await show('elsewhere');
  for (const host of ['localhost', '127.0.0.1'])
    await expectRefused(
      { host, parameters: { ...KNOWN, sslmode: 'verify-full' } },
      /altnames|not in the cert's list/,
      /host in storage\.url/,
    );
  await expectIn({ parameters: { ...KNOWN, sslmode: 'verify-ca' } });
  await show('server');
});

test('an expired certificate is refused, unless nothing is verified', async () => {
  await show('expired');
  for (const sslmode of ['verify-ca', 'verify-full'])
    await expectRefused({ parameters: { ...KNOWN, sslmode } }, /expired/, /new certificate/);
  await expectIn({ parameters: { sslmode: 'require' } });
  await show('server');
});

test('who has a certificate of its own needs no password; one of somebody else, or none, is refused', async () => {
  const user = 'ant_watcher';
  const own = { sslcert: path('client.pem'), sslkey: path('client.key') };
  await expectIn({ user, parameters: { ...KNOWN, ...own } });
  await expectRefused({ user, parameters: KNOWN }, /client certificate/, /sslcert/, 'store_unavailable');
  const strange = { sslcert: path('stranger.pem'), sslkey: path('stranger.key') };
  await expectRefused({ user, parameters: { ...KNOWN, ...strange } }, /unknown ca/, /sslcert/);
  const mixed = { sslcert: path('client.pem'), sslkey: path('stranger.key') };
  await expectRefused({ user, parameters: { ...KNOWN, ...mixed } }, /mismatch/, /sslkey/);
});

test('a file that is missing, or is something else, is told by the name of its parameter', async () => {
  for (const [name, file] of [
    ['sslrootcert', 'nowhere.pem'],
    ['sslrootcert', 'text.pem'],
    ['sslcert', 'nowhere.pem'],
    ['sslkey', 'text.pem'],
  ] as const)
    await expectRefused(
      { parameters: { sslmode: 'require', [name]: path(file) } },
      new RegExp(`^${name} of storage.url .*${file}`),
      new RegExp(name),
      'config_invalid',
    );
});

test('a wrong password, none, and a connection without TLS are refused, and the password is nowhere', async () => {
  const parameters = { sslmode: 'require' };
  const wrong = await refusalOf({ parameters, password: 'a-wrong-one' });
  assert.equal(wrong?.code, 'store_refused');
  assert.match(wrong?.message ?? '', /password authentication failed for user "bob"/);
  assert.match(wrong?.hint ?? '', /storage\.password/);
  assert.doesNotMatch(`${wrong?.stack} ${(wrong?.cause as Error | undefined)?.stack}`, /a-wrong-one/);
  await expectRefused({ parameters, password: '' }, /password/, /The server asks for a password/);
  await expectRefused({}, /no encryption/, /sslmode/, 'store_unavailable');
});

test('a Unix socket is used as it is, whatever is said of TLS', async () => {
  for (const sslmode of ['disable', 'require', 'verify-full'])
    await expectIn({ user: 'ant_watcher', parameters: { host: server.folder, sslmode } });
  await expectIn({ user: 'ant_watcher', host: encodeURIComponent(server.folder) });
  await expectRefused({ parameters: { host: '/nowhere' } }, /\/nowhere/, /Unix socket/, 'store_unavailable');
});

test('a server without TLS, and one that is not there, are told', async () => {
  await admin.sql('ALTER SYSTEM SET ssl = off');
  await admin.reload();
  await expectRefused({ parameters: { sslmode: 'require' } }, /SSL/, /TLS/);
  await server.stop('fast');
  await expectRefused({}, /ECONNREFUSED/, /Start the database server/, 'store_unavailable');
});
