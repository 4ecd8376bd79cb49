import { closeSync, mkdirSync, openSync, readSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { AntError } from '../../domain/errors.ts';
import { DAMAGE_HINT } from '../stored-json.ts';

/** What the header of our databases says they are: "AntW". */
export const APPLICATION_ID = 0x416e7457;
/** A table of every schema of ours. */
const TABLE = 'seen_deliveries';
const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;

/** Places in the header of a database (https://www.sqlite.org/fileformat.html). */
const HEADER_BYTES = 100;
const MAGIC = 'SQLite format 3\0';
const WRITE_VERSION = 18;
const USER_VERSION = 60;
const APPLICATION = 68;
/** The write version of a file whose changes go through no log. */
const WITHOUT_LOG = 1;

const OTHER_FILE_HINT = 'Point storage.url at a file that only ant-watcher uses.';

/**
 * Makes sure that SQLite may open `path`: a database of ant-watcher, an empty file, or nothing at all. Reads
 * and changes nothing: opening alone can change the file of another program. Throws `store_damaged`,
 * `store_too_new` (the newest schema known is `newest`), `store_unavailable`, or an error of the file system.
 */
export function refuseForeignFile(path: string, newest: number): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory())
    throw unusable(`${path} is a folder`, `Name a file in it: ${path}/ant-watcher.db`);
  if (found !== undefined && !found.isFile())
    throw unusable(`${path} is not a regular file`, OTHER_FILE_HINT);
  if (found === undefined || found.size === 0) {
    refuseStrayLog(path);
    return;
  }
  const header = headerOf(path);
  if (header.toString('latin1', 0, MAGIC.length) !== MAGIC)
    throw foreign(`${path} is not an SQLite database, or an encrypted one`);
  const id = header.readUInt32BE(APPLICATION);
  if (id === 0 && !hasOurTables(path)) throw foreign(`${path} is a database of another program`);
  if (id !== 0 && id !== APPLICATION_ID)
    throw foreign(`${path} is a database of another program (application id ${id})`);
  refuseNewer(path, header.readUInt32BE(USER_VERSION), newest);
  if (header[WRITE_VERSION] === WITHOUT_LOG) refuseStrayLog(path);
}

export function refuseNewer(path: string, schema: number, newest: number): void {
  if (schema <= newest) return;
  throw new AntError('store_too_new', `${path} has schema ${schema}, this version knows ${newest}`, {
    hint: 'Start the newer version again, or point storage.url at another file.',
  });
}

/**
 * A log beside a file that has none is what is left of another database. SQLite would put it into a restored
 * one, which damages it, and delete it beside an empty one.
 */
function refuseStrayLog(path: string): void {
  const log = `${path}-wal`;
  if ((statSync(log, { throwIfNoEntry: false })?.size ?? 0) === 0) return;
  throw new AntError('store_damaged', `${log} belongs to another database than ${path}`, {
    hint: `Move it away, or back to its own database.`,
  });
}

function headerOf(path: string): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  const file = openSync(path, 'r');
  try {
    readSync(file, header, 0, HEADER_BYTES, 0);
    return header;
  } finally {
    closeSync(file);
  }
}

/** Whether it was written before our databases had an application id. */
function hasOurTables(path: string): boolean {
  const url = pathToFileURL(path);
  url.searchParams.set('immutable', '1');
  using database = new DatabaseSync(url, { readOnly: true });
  return database.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(TABLE) !== undefined;
}

/** Makes the file, which only its owner may read, and its folder; what is there keeps its rights. */
export function makeFile(path: string): void {
  makeFolder(dirname(path));
  closeSync(openSync(path, 'a', PRIVATE_FILE));
}

/**
 * As `mkdir -p`. The recursive one of Node.js tries for ever where a file system says that what was just made
 * is not there.
 */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path, PRIVATE_FOLDER);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    makeFolder(dirname(path));
    mkdirSync(path, PRIVATE_FOLDER);
  }
}

function foreign(message: string): AntError {
  return new AntError('store_damaged', message, { hint: `${OTHER_FILE_HINT} If it was one: ${DAMAGE_HINT}` });
}

function unusable(message: string, hint: string): AntError {
  return new AntError('store_unavailable', message, { hint });
}
