import { createWriteStream, existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { AntError } from '../../domain/errors.ts';
import { openExisting } from '../../store/sqlite/database.ts';
import { answerOfService, type CommandEnvironment, serviceUrlOf } from '../ask-service.ts';

export const backupHelp = `Usage: ant-watcher backup FILE [flags]

Has the running service copy its database, and writes the copy to FILE, or to standard output for -. Deliveries are
accepted meanwhile. The service checks the copy before it sends it, and the command checks again what arrived. FILE
appears once that is done, and only its owner may read it; until then it is FILE.partial. To restore it, start a
service on it: docs/upgrade-and-backup.md.

  --force        replace FILE if it exists
  --url URL      the API of the service (default http://127.0.0.1:9876, or the port that ANT_WATCHER_API_PORT names)
The token, where the service asks for one, comes from ANT_WATCHER_API_TOKEN.

Examples:
  ant-watcher backup /backup/ant-watcher-$(date +%F).db
  ant-watcher backup - --url https://ants.example.com:9876 | gzip > ants.db.gz
`;

interface CommandIo {
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly env: CommandEnvironment;
}

const PRIVATE_FILE = 0o600;
const MIB = 1024 ** 2;

/**
 * Fetches a backup from a running service. Rejects with `usage` or `command_failed`; then there is no new
 * file.
 */
export async function runBackup(args: readonly string[], { stdout, env }: CommandIo): Promise<number> {
  const { file, force, url } = flagsOf(args, env);
  if (file === '-') {
    if (stdout.isTTY)
      throw new AntError('usage', 'backup: a database is nothing for a terminal', { hint: 'name a FILE' });
    await fetchInto(url, env, () => stdout as Writable);
    return 0;
  }
  refuseTarget(file, force);
  const bytes = await backUpTo(file, force, (open) => fetchInto(url, env, open));
  stdout.write(`${file}: ${(bytes / MIB).toFixed(1)} MiB, checked\n`);
  return 0;
}

/** Fills and checks the file, and only then gives it its name. Returns its size. */
async function backUpTo(
  file: string,
  force: boolean,
  fill: (open: () => Writable) => Promise<void>,
): Promise<number> {
  const partial = `${file}.partial`;
  let isOurs = false;
  function openPartial(): Writable {
    rmSync(partial, { force: true });
    isOurs = true;
    return createWriteStream(partial, { flags: 'wx', mode: PRIVATE_FILE, flush: true });
  }
  try {
    await fill(openPartial);
    refuseUnsound(partial);
    refuseTarget(file, force);
    renameSync(partial, file);
    await syncFolder(file);
    return statSync(file).size;
  } catch (error) {
    if (isOurs) rmSync(partial, { force: true });
    throw error;
  }
}

/** Resolves when everything is written. `open` is called once the service starts sending. */
async function fetchInto(url: string, env: CommandEnvironment, open: () => Writable): Promise<void> {
  const { body } = await answerOfService({
    url,
    path: '/api/v1/backup',
    token: env['ANT_WATCHER_API_TOKEN'],
    command: 'backup',
    body: {},
    patienceMs: null,
    unknown: {
      message: 'The service has no backups',
      hint: 'it is an older version; or --url names something else',
    },
  });
  try {
    await pipeline(Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]), open());
  } catch (error) {
    const { cause = error } = error as Error;
    throw new AntError('command_failed', `The backup is not whole: ${(cause as Error).message}`, {
      cause: error,
      hint: 'the log of the service says whether it stopped; is there room for the copy?',
    });
  }
}

function refuseTarget(file: string, force: boolean): void {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found !== undefined && !found.isFile())
    throw new AntError('usage', `backup: ${file} is not a regular file`, {
      hint: 'name a file, or - for standard output',
    });
  if (found !== undefined && !force)
    throw new AntError('usage', `backup: ${file} already exists`, {
      hint: 'name another file, or replace it with --force',
    });
  if (!existsSync(dirname(resolve(file))))
    throw new AntError('usage', `backup: there is no folder ${dirname(resolve(file))}`, {
      hint: 'make it first',
    });
}

function refuseUnsound(path: string): void {
  const { schema, problems } = openExisting(path);
  // An empty file is a valid database without content.
  if (schema === 0) throw new AntError('command_failed', 'What arrived is empty');
  if (problems.length > 0)
    throw new AntError('command_failed', `What arrived is damaged: ${problems.join('; ')}`);
}

/** Makes the new name survive a power loss, too. */
async function syncFolder(file: string): Promise<void> {
  const folder = await open(dirname(resolve(file)), 'r');
  await folder.sync().finally(() => folder.close());
}

function flagsOf(args: readonly string[], env: CommandEnvironment) {
  const options = {
    force: { type: 'boolean', default: false },
    url: { type: 'string', default: serviceUrlOf(env) },
  } as const;
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const [file, ...others] = positionals;
    if (file === undefined || file === '' || others.length > 0) throw new TypeError('name one FILE');
    return { ...values, file };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new AntError('usage', `backup: ${message}`, { hint: 'ant-watcher help backup' });
  }
}
