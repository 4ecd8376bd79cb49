import { readdirSync, readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { AntError } from '../../domain/errors.ts';
import { DAMAGE_HINT } from '../stored-json.ts';
import { APPLICATION_ID, makeFile, refuseForeignFile, refuseNewer } from './database-file.ts';
import { type DatabaseLock, lockDatabase, refuseLocked, refuseOtherNames } from './database-lock.ts';
import { integrityProblems } from './integrity.ts';
import { networkFileSystemOf } from './shared-memory.ts';
import { isDamage, messageOf, resultCodeOf, storeError } from './store-error.ts';

const SQLITE_BUSY = 5;
const SQLITE_READONLY = 8;
const SQLITE_IOERR = 10;
const SQLITE_CANTOPEN = 14;
/** A log that has grown larger is cut to this size once all of it is in the database. */
const LOG_KEPT_BYTES = 64 * 1024 ** 2;
/** So long a transaction waits for one of another program that writes. */
export const BUSY_MS = 2000;
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
  /** Called in each transaction, before anything is written. Throws if another process has taken over. */
  fence: (() => void) | null = null;
  /** Why no other process, and no other thread, can read it meanwhile; null: they can. */
  unshared: string | null = null;
  #lock: DatabaseLock | null = null;

  holds(lock: DatabaseLock): void {
    this.#lock = lock;
  }

  /** Another connection holds the lock from now on. */
  handOver(next: Database): void {
    if (this.#lock !== null) next.holds(this.#lock);
    this.#lock = null;
  }

  override close(): void {
    super.close();
    this.#lock?.release();
  }
}

/**
 * Opens (and creates or upgrades) the database that `url` names: `sqlite:PATH` or `memory:`. This process
 * alone may write the file from then on; others may read it, unless `unshared` says why not. What is no
 * database of ours is left as it is. Throws `store_locked`, `store_too_new`, `store_damaged` or
 * `store_unavailable`.
 */
export function openDatabase(url: string): Database {
  const path = pathOf(url);
  try {
    return path === null ? prepared(openInMemory(), ':memory:') : openFile(path);
  } catch (error) {
    throw openingError(error, path ?? ':memory:');
  }
}

function openInMemory(): Database {
  const database = new Database(':memory:');
  // What is free in a file is used again; in memory it can be given back (`releasePages`).
  database.exec('PRAGMA auto_vacuum = INCREMENTAL');
  return database;
}

function openFile(path: string): Database {
  refuseForeignFile(path, migrations().length);
  makeFile(path);
  const lock = lockDatabase(path);
  try {
    refuseOtherNames(path);
    const database = openShared(path);
    database.holds(lock);
    return database;
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** For others to read meanwhile, where that is possible. */
function openShared(path: string): Database {
  const system = networkFileSystemOf(path);
  if (system !== null) return openExclusive(path, `the file is on ${system}`);
  const database = new Database(path, { timeout: BUSY_MS });
  try {
    return prepared(database, path);
  } catch (error) {
    database.close();
    if (!isWithoutSharedMemory(error)) throw error;
    return openExclusive(path, `its memory can't be shared: ${messageOf(error)}`);
  }
}

/** Opens the file that has taken the place of an open one. The lock goes with it. */
export function reopen(before: Database, path: string): Database {
  const next = prepared(new Database(path, { timeout: BUSY_MS }), path);
  before.handOver(next);
  return next;
}

/** The index of the log is then in the memory of this process alone. */
function openExclusive(path: string, unshared: string): Database {
  const database = new Database(path, { timeout: BUSY_MS });
  database.unshared = unshared;
  database.exec('PRAGMA locking_mode = EXCLUSIVE');
  return prepared(database, path);
}

/** The database, ready for use by this version. */
function prepared(database: Database, path: string): Database {
  schemaOf(database, path);
  // Before there is a log, so that it is in the file itself from the first moment.
  if (pragma(database, 'application_id') !== APPLICATION_ID)
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
  database.exec('PRAGMA journal_mode = WAL');
  database.exec(
    `PRAGMA wal_autocheckpoint = 1000; PRAGMA journal_size_limit = ${LOG_KEPT_BYTES}; PRAGMA cache_size = -8192; PRAGMA temp_store = MEMORY;`,
  );
  migrate(database, path);
  return database;
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
    refuseLocked(path);
    using database = new DatabaseSync(path, { timeout: 500 });
    if (networkFileSystemOf(path) !== null) database.exec('PRAGMA locking_mode = EXCLUSIVE');
    database.exec('BEGIN IMMEDIATE; ROLLBACK');
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
  for (let done = version; done < files.length; ) {
    // A new database takes all at once: each transaction is a sync of the disk. A large one is upgraded step by step.
    const next = version === 0 ? files : files.slice(done, done + 1);
    const sql = next.map((file) => readFileSync(new URL(file, MIGRATIONS), 'utf8')).join(';');
    done += next.length;
    database.exec(`BEGIN EXCLUSIVE; ${sql}; PRAGMA user_version = ${done}; COMMIT;`);
  }
  // So that from now on moving the log into the file changes nothing of what the header says of the schema.
  if (version < files.length) database.exec('PRAGMA wal_checkpoint(PASSIVE)');
}

function isWithoutSharedMemory(error: unknown): boolean {
  return [SQLITE_READONLY, SQLITE_IOERR, SQLITE_CANTOPEN].includes(resultCodeOf(error) ?? 0);
}

function openingError(error: unknown, path: string): unknown {
  if (error instanceof AntError) return error;
  if (resultCodeOf(error) === SQLITE_BUSY) {
    return new AntError('store_locked', `another program has locked ${path}`, {
      cause: error,
      hint: 'Stop the program that writes to it, or has it for itself alone; reading is no harm.',
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
 * undoes all of it; what is thrown is what `storeError` makes of it. Another program that writes is waited for,
 * which SQLite does only before the first statement. Nothing is written while the file is not
 * where the next process will look for it: then `store_unavailable` or `store_replaced` is thrown.
 */
export function transact<T>(database: Database, sync: 'full' | 'normal', work: () => T): T {
  database.watch?.check();
  try {
    database.exec(`PRAGMA synchronous = ${sync}; BEGIN IMMEDIATE`);
    database.fence?.();
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
