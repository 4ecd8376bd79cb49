import { chmodSync, chownSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../free-port.ts';
import type { PostgresServer } from '../postgres.ts';
import { openTemporaryFolder } from '../temporary-folder.ts';
import { blockOf, withPlaces } from './document-blocks.ts';
import type { Pooler } from './fleet.ts';
import { startPart } from './part-process.ts';

/** It refuses to run as root; then it runs as this user. */
const NOBODY = 65_534;

/** PgBouncer as docs/replicas.md has it, in front of all databases of a server on which everybody may log in. */
export async function startPgBouncer(
  database: PostgresServer,
  { parameters = 'prepared=false' }: { readonly parameters?: string } = {},
): Promise<Pooler> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.adopt(openTemporaryFolder(), (each) => each[Symbol.dispose]());
  const port = await freePort();
  const isRoot = process.getuid?.() === 0;
  const users = join(folder.path, 'users.txt');
  const configuration = join(folder.path, 'pgbouncer.ini');
  const text = withPlaces(blockOf('ini'), [
    ['ant_watcher = host=10.0.0.9 port=5432', `* = host=127.0.0.1 port=${database.port}`],
    ['0.0.0.0', '127.0.0.1'],
    ['6432', String(port)],
    ['auth_type = scram-sha-256', 'auth_type = trust'],
    ['/etc/pgbouncer/userlist.txt', users],
  ]);
  writeFileSync(users, '"ant_watcher" ""\n');
  writeFileSync(configuration, `${text}${isRoot ? 'user = nobody\n' : ''}unix_socket_dir =\n`);
  if (isRoot) for (const path of [folder.path, users, configuration]) chownSync(path, NOBODY, NOBODY);
  chmodSync(folder.path, 0o755);
  stack.use(await startPart('pgbouncer', [configuration], port));
  const started = stack.move();
  return { port, parameters, [Symbol.asyncDispose]: () => started.disposeAsync() };
}
