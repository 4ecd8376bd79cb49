import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AntError } from '../../domain/errors.ts';
import { DAMAGE_HINT, isDamage, messageOf, resultCodeOf, storeError } from './store-error.ts';

const SQLITE_BUSY = 5;
const MIGRATIONS = new URL('./migrations/', import.meta.url);

/**
 * Opens (and creates or upgrades) the database that `url` names: `sqlite:PATH` or `memory:`. This process alone may
 * use the file from then on. Throws `store_locked`, `store_too_new` or `store_unavailable`.
 */
export function openDatabase(url: string): DatabaseSync {
  const path = url === 'memory:' ? ':memory:' : url.slice('sqlite:'.length);
  try {
    if (path !== ':memory:') makeFolder(dirname(path));
    const database = new DatabaseSync(path, { timeout: 2000 });
    // What is free in a file is used again; in memory it can be given back (`releasePages`).
    if (path === ':memory:') database.exec('PRAGMA auto_vacuum = INCREMENTAL');
    // An exclusive lock keeps a second process away from the file and the index of the log out of shared memory.
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;');
    database.exec('PRAGMA wal_autocheckpoint = 1000; PRAGMA cache_size = -8192; PRAGMA temp_store = MEMORY;');
    migrate(database, path);
    return database;
  } catch (error) {
    throw openingError(error, path);
  }
}

/**
 * Opens a database that is there, makes sure that it could be written, and closes it as it was. Answers its schema, and the newest
 * that this version knows. Throws as `openDatabase`.
 */
export function openExisting(path: string): { readonly schema: number; readonly newest: number } {
  try {
    using database = new DatabaseSync(path, { timeout: 500 });
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE; ROLLBACK');
    return { schema: schemaOf(database, path), newest: migrations().length };
  } catch (error) {
    throw openingError(error, path);
  }
}

function migrations(): string[] {
  return readdirSync(MIGRATIONS).sort();
}

function schemaOf(database: DatabaseSync, path: string): number {
  const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
  const newest = migrations().length;
  if (version <= newest) return version;
  throw new AntError('store_too_new', `${path} has schema ${version}, this version knows ${newest}`, {
    hint: 'Start the newer version again, or point storage.url at another file.',
  });
}

/** As `mkdir -p`. The recursive one of Node.js tries for ever where a file system says that what was just made is not there. */
function makeFolder(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    makeFolder(dirname(path));
    mkdirSync(path);
  }
}

function migrate(database: DatabaseSync, path: string): void {
  const files = migrations();
  const version = schemaOf(database, path);
  for (const [index, file] of files.entries()) {
    if (index < version) continue;
    const sql = readFileSync(new URL(file, MIGRATIONS), 'utf8');
    database.exec(`BEGIN EXCLUSIVE; ${sql}; PRAGMA user_version = ${index + 1}; COMMIT;`);
  }
}

function openingError(error: unknown, path: string): unknown {
  if (error instanceof AntError) return error;
  if (resultCodeOf(error) === SQLITE_BUSY) {
    return new AntError('store_locked', `another process uses ${path}`, {
      cause: error,
      hint: 'Stop the other ant-watcher, or give each its own storage.url.',
    });
  }
  if (isDamage(error)) {
    return new AntError('store_damaged', `${path} is no sound database: ${messageOf(error)}`, {
      cause: error,
      hint: DAMAGE_HINT,
    });
  }
  return new AntError('store_unavailable', `${path} can't be opened: ${messageOf(error)}`, {
    cause: error,
    hint: 'The folder must be writable, and the file an ant-watcher database.',
  });
}

/**
 * Runs `work` in one transaction. `sync` decides what its end survives: `full` also loss of power, `normal` only the end
 * of the process (a later `full` one makes it safe as well; both keep the order). An error undoes all of it;
 * what is thrown is what `storeError` makes of it.
 */
export function transact<T>(database: DatabaseSync, sync: 'full' | 'normal', work: () => T): T {
  try {
    database.exec(
      sync === 'full' ? 'PRAGMA synchronous = FULL; BEGIN' : 'PRAGMA synchronous = NORMAL; BEGIN',
    );
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw storeError(error);
  }
}

/** What the pages that are in use take. */
export function usedBytesOf(database: DatabaseSync): number {
  const pragma = (name: string): number => Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
  return (pragma('page_count') - pragma('freelist_count')) * pragma('page_size');
}

/** Gives back the cache, and, in memory, the pages that are free. */
export function releasePages(database: DatabaseSync): void {
  database.exec('PRAGMA incremental_vacuum; PRAGMA shrink_memory');
}
