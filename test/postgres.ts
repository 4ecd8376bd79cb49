import { execFile } from 'node:child_process';
import { chownSync, cpSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePort } from './free-port.ts';
import { PEERS, PEERS_FOLDER, type Peer, peerPath } from './peers.ts';

/** PostgreSQL refuses to run as root; then it runs as this user, who owns nothing else. */
const NOBODY = 65_534;
const USER = 'ant_watcher';
const ENTER_BY_ALL = 0o001;
const NEW = ['--auth=trust', '--no-sync', '--encoding=UTF8', '--locale=C'];
const COPY = ['--write-recovery-conf', '--wal-method=stream', '--checkpoint=fast', '--no-sync'];

/** A server of its own, with no database yet. Everybody on this machine may log in. */
export interface PostgresServer extends AsyncDisposable {
  readonly port: number;
  readonly folder: string;
  /** An empty database, or a copy of the one at that URL, which nobody may use meanwhile; answers its URL. */
  createDatabase(template?: string): Promise<string>;
  /** Ends it as `pg_ctl stop -m MODE` does. */
  stop(mode: 'smart' | 'fast' | 'immediate'): Promise<void>;
  /** Resolves when it takes connections. */
  start(): Promise<void>;
  /** Makes a server of its own of a standby. */
  promote(): Promise<void>;
}

export interface PostgresOptions {
  /** Whether it may lose what it answered as stored when the machine loses power: faster. Default: true. */
  readonly isForgetful?: boolean;
  /** More settings, as `max_connections=300`. */
  readonly settings?: readonly string[];
  /** It is a standby of this server, under the name `standby`, and gets all that this one writes. */
  readonly standbyOf?: PostgresServer;
}

export async function startPostgres({
  isForgetful = true,
  settings = [],
  standbyOf,
}: PostgresOptions = {}): Promise<PostgresServer> {
  await using teardown = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'ant-watcher-postgres-'));
  teardown.defer(() => rmSync(folder, { recursive: true, force: true }));
  const asNobody = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  if ('uid' in asNobody) chownSync(folder, NOBODY, NOBODY);
  const data = join(folder, 'data');
  const pathOf = 'uid' in asNobody ? reachablePaths(folder) : peerPath;
  const env = { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' };
  const run = async (program: Peer, flags: readonly string[]) => {
    await promisify(execFile)(pathOf(program), flags, { ...asNobody, cwd: folder, env });
  };
  if (standbyOf === undefined) await run('initdb', ['-D', data, '-U', USER, ...NEW]);
  else await run('pg_basebackup', ['-D', data, '-d', originOf(standbyOf), ...COPY]);
  const port = await freePort();
  const forgetful = isForgetful ? ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'] : [];
  const all = [`port=${port}`, 'listen_addresses=127.0.0.1', `unix_socket_directories=${folder}`];
  const flags = [...all, ...forgetful, 'max_connections=200', 'shared_buffers=64MB', 'jit=off', ...settings];
  const options = flags.map((setting) => `-c ${setting}`).join(' ');
  const start = () => run('pg_ctl', ['-D', data, '-l', join(folder, 'log'), '-w', '-o', options, 'start']);
  const stop = (mode: string) => run('pg_ctl', ['-D', data, '-m', mode, '-w', 'stop']);
  // It may be stopped already.
  teardown.defer(() => stop('immediate').catch(() => undefined));
  await start();
  let databases = 0;
  const started = teardown.move();
  return {
    port,
    folder,
    async createDatabase(template = '/template0') {
      databases += 1;
      const name = `test_${process.pid}_${databases}`;
      const client = new pg.Client({ host: '127.0.0.1', port, user: USER, database: 'postgres' });
      await client.connect();
      await client.query(`CREATE DATABASE ${name} TEMPLATE ${template.slice(template.lastIndexOf('/') + 1)}`);
      await client.end();
      return `postgres://${USER}@127.0.0.1:${port}/${name}`;
    },
    stop,
    start,
    promote: () => run('pg_ctl', ['-D', data, '-w', 'promote']),
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

function originOf({ port }: PostgresServer): string {
  return `host=127.0.0.1 port=${port} user=${USER} application_name=standby`;
}

/**
 * The paths of programs for a user to whom the folders of this checkout may be closed: then what was fetched is copied
 * into `folder`.
 */
function reachablePaths(folder: string): (program: Peer) => string {
  if (!peerPath('postgres').startsWith(PEERS_FOLDER) || isOpenToAll(PEERS_FOLDER)) return peerPath;
  const copy = join(folder, 'peers');
  for (const part of ['bin', PEERS.postgres])
    cpSync(join(PEERS_FOLDER, part), join(copy, part), { recursive: true, verbatimSymlinks: true });
  return (program) => join(copy, 'bin', program);
}

function isOpenToAll(folder: string): boolean {
  const isOpen = (statSync(folder).mode & ENTER_BY_ALL) !== 0;
  return isOpen && (dirname(folder) === folder || isOpenToAll(dirname(folder)));
}
