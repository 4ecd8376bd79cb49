import { readFileSync, realpathSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { AntError } from '../../domain/errors.ts';
import { makeFile } from './database-file.ts';
import { resultCodeOf } from './store-error.ts';

const SQLITE_BUSY = 5;
/** The field of a line of `/proc/self/mountinfo`. */
const MOUNT_POINT = 4;
const LOCKED_HINT = 'Stop the other ant-watcher, or give each its own storage.url.';

/** Held by the one process that may write a database. The operating system releases it when the process ends. */
export interface DatabaseLock {
  release(): void;
}

/**
 * Keeps other processes of ours away from the database at `path`, but no reader. It is a lock on an empty file
 * beside the database, which is never removed: a lock on a file that others can't find would keep nobody away.
 * Throws `store_locked`.
 */
export function lockDatabase(path: string): DatabaseLock {
  const place = lockPathOf(path);
  makeFile(place);
  return lockFile(place, path);
}

/**
 * Throws `store_locked` if the file has other names and somebody has it open: under another name it has another
 * log, which would damage it, and the lock is beside another file.
 */
export function refuseOtherNames(path: string): void {
  const place = realpathSync(path);
  const { nlink, size } = statSync(place);
  if (size === 0 || (nlink <= 1 && !isMountPoint(place))) return;
  using database = new DatabaseSync(place, { timeout: 0 });
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE; ROLLBACK');
  } catch (error) {
    if (resultCodeOf(error) !== SQLITE_BUSY) throw error;
    throw new AntError('store_locked', `${path} has other names, and another program has it open`, {
      cause: error,
      hint: 'Stop that program, or remove the other names: hard links, or a mount of the file alone.',
    });
  }
}

/** Whether that file alone is mounted there, as `docker run -v FILE:FILE` does. */
function isMountPoint(place: string): boolean {
  try {
    const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
    return mounts.some((line) => line.split(' ')[MOUNT_POINT] === place);
  } catch {
    return false; // Another system than Linux.
  }
}

/** Throws `store_locked` if another process has the lock. Makes no file. */
export function refuseLocked(path: string): void {
  const place = lockPathOf(path);
  if (statSync(place, { throwIfNoEntry: false }) !== undefined) lockFile(place, path).release();
}

/** Beside the file itself, not beside a link to it. */
function lockPathOf(path: string): string {
  return `${realpathSync(path)}-lock`;
}

function lockFile(place: string, path: string): DatabaseLock {
  const file = new DatabaseSync(place, { timeout: 0 });
  try {
    // A transaction of a database that stays empty. Its journal needs no file.
    file.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    file.close();
    throw resultCodeOf(error) === SQLITE_BUSY ? lockedError(path, error) : error;
  }
  return { release: () => file.close() };
}

export function lockedError(path: string, cause: unknown): AntError {
  return new AntError('store_locked', `another ant-watcher uses ${path}`, { cause, hint: LOCKED_HINT });
}
