import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, cpSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { PEERS, PEERS_FOLDER, type Peer, peerPath } from './peers.ts';

/** PostgreSQL refuses to run as root; then it runs as this user, who owns nothing else. */
const NOBODY = 65_534;
const USER = 'ant_watcher';
const ENTER_BY_ALL = 0o001;

/** A server of its own, with no database yet. Everybody on this machine may log in. */
export interface PostgresServer extends AsyncDisposable {
  readonly port: number;
  readonly folder: string;
  /** An empty database, or a copy of the one at that URL, which nobody may use meanwhile; answers its URL. */
  createDatabase(template?: string): Promise<string>;
  /** Ends it as `pg_ctl stop -m MODE` does. */
  stop(mode: 'smart' | 'fast' | 'immediate'): void;
  start(): void;
}

export interface PostgresOptions {
  /** Whether it may lose what it answered as stored when the machine loses power: faster. Default: true. */
  readonly isForgetful?: boolean;
  /** More settings, as `max_connections=300`. */
  readonly settings?: readonly string[];
}

export async function startPostgres({
  isForgetful = true,
  settings = [],
}: PostgresOptions = {}): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'ant-watcher-postgres-'));
  const asNobody = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  if ('uid' in asNobody) chownSync(folder, NOBODY, NOBODY);
  const data = join(folder, 'data');
  const pathOf = 'uid' in asNobody ? reachablePaths(folder) : peerPath;
  const run = (program: Peer, flags: readonly string[]) => {
    const { status, stderr, stdout } = spawnSync(pathOf(program), flags, {
      ...asNobody,
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
    });
    if (status !== 0) throw new Error(`${program} fails: ${stderr}${stdout}`);
  };
  run('initdb', ['-D', data, '-U', USER, '--auth=trust', '--no-sync', '--encoding=UTF8', '--locale=C']);
  const port = await freePort();
  const forgetful = isForgetful ? ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'] : [];
  const all = [`port=${port}`, 'listen_addresses=127.0.0.1', `unix_socket_directories=${folder}`];
  const flags = [...all, ...forgetful, 'max_connections=200', 'shared_buffers=64MB', 'jit=off', ...settings];
  const options = flags.map((setting) => `-c ${setting}`).join(' ');
  const start = () => run('pg_ctl', ['-D', data, '-l', join(folder, 'log'), '-w', '-o', options, 'start']);
  const stop = (mode: string) => run('pg_ctl', ['-D', data, '-m', mode, '-w', 'stop']);
  start();
  let databases = 0;
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
    async [Symbol.asyncDispose]() {
      try {
        stop('immediate');
      } catch {
        // It was stopped before.
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
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

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('There is no free port.');
  return address.port;
}
