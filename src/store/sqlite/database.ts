import { readdirSync, readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { AntError } from '../../domain/errors.ts';
import { APPLICATION_ID, makeFile, refuseForeignFile, refuseNewer } from './database-file.ts';
import { integrityProblems } from './integrity.ts';
import { DAMAGE_HINT, isDamage, messageOf, resultCodeOf, storeError } from './store-error.ts';

const SQLITE_BUSY = 5;
const MIGRATIONS = new URL('./migrations/', import.meta.url);

/** What every transaction is surrounded by. */
export interface Watch {
  /** Throws why nothing may be written. */
  check(): void;
  /** SQLite may have written. */
  note(): void;
}

export class Database extends DatabaseSync {
  /** Null for one in memory, and until `openSqliteStore` watches the file. */
  watch: Watch | null = null;
}

/**
 * Opens (and creates or upgrades) the database that `url` names: `sqlite:PATH` or `memory:`. This process
 * alone may use the file from then on. What is no database of ours is left as it is. Throws `store_locked`,
 * `store_too_new`,
 * `store_damaged` or `store_unavailable`.
 */
export function openDatabase(url: string): Database {
  const path = pathOf(url) ?? ':memory:';
  try {
    if (path !== ':memory:') {
      refuseForeignFile(path, migrations().length);
      makeFile(path);
    }
    const database = new Database(path, { timeout: 2000 });
    // What is free in a file is used again; in memory it can be given back (`releasePages`).
    if (path === ':memory:') database.exec('PRAGMA auto_vacuum = INCREMENTAL');
    // An exclusive lock keeps a second process away from the file and the index of the log out of shared
    // memory.
    database.exec('PRAGMA locking_mode = EXCLUSIVE');
    schemaOf(database, path);
    // Before there is a log, so that it is in the file itself from the first moment.
    if (pragma(database, 'application_id') !== APPLICATION_ID)
      database.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
    database.exec('PRAGMA journal_mode = WAL');
    database.exec('PRAGMA wal_autocheckpoint = 1000; PRAGMA cache_size = -8192; PRAGMA temp_store = MEMORY;');
    migrate(database, path);
    return database;
  } catch (error) {
    throw openingError(error, path);
  }
}

/** The path of the file that `url` names; null: it names none. */
export function pathOf(url: string): string | null {
  return url === 'memory:' ? null : url.slice('sqlite:'.length);
}

/**
 * Opens a database that is there, makes sure that it could be written, reads all of it, and closes it as it
 * was. Answers its schema, the newest that this version knows, and what of it is damaged. Throws as
 * `openDatabase`.
 */
export function openExisting(path: string): {
  readonly schema: number;
  readonly newest: number;
  readonly problems: readonly string[];
} {
  try {
    const newest = migrations().length;
    refuseForeignFile(path, newest);
    using database = new DatabaseSync(path, { timeout: 500 });
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE; ROLLBACK');
    return { schema: schemaOf(database, path), newest, problems: integrityProblems(database) };
  } catch (error) {
    throw openingError(error, path);
  }
}

function migrations(): string[] {
  return readdirSync(MIGRATIONS).sort();
}

function schemaOf(database: DatabaseSync, path: string): number {
  const version = pragma(database, 'user_version');
  refuseNewer(path, version, migrations().length);
  return version;
}

function pragma(database: DatabaseSync, name: string): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
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
    return new AntError('store_damaged', `${path} is not a valid database: ${messageOf(error)}`, {
      cause: error,
      hint: DAMAGE_HINT,
    });
  }
  return new AntError('store_unavailable', `${path} can't be opened: ${messageOf(error)}`, {
    cause: error,
    hint: 'The directory must be writable, and the file an ant-watcher database.',
  });
}

/**
 * Runs `work` in one transaction. `sync` decides what its end survives: `full` also loss of power, `normal`
 * only the end of the process (a later `full` one makes it safe as well; both keep the order). An error
 * undoes all of it; what is thrown is what `storeError` makes of it. Nothing is written while the file is not
 * where the next process will look for it: then `store_unavailable` or `store_replaced` is thrown.
 */
export function transact<T>(database: Database, sync: 'full' | 'normal', work: () => T): T {
  database.watch?.check();
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
  } finally {
    database.watch?.note();
  }
}

/** What the pages that are in use take. */
export function usedBytesOf(database: DatabaseSync): number {
  return (
    (pragma(database, 'page_count') - pragma(database, 'freelist_count')) * pragma(database, 'page_size')
  );
}

/** What all pages take. */
export function sizeOf(database: DatabaseSync): number {
  return pragma(database, 'page_count') * pragma(database, 'page_size');
}

/** Gives back the cache, and, in memory, the pages that are free. */
export function releasePages(database: DatabaseSync): void {
  database.exec('PRAGMA incremental_vacuum; PRAGMA shrink_memory');
}
