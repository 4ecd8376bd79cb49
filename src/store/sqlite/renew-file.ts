import {
  chmodSync,
  chownSync,
  closeSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { backup } from 'node:sqlite';
import { copyNameOf, refuseWithoutRoom } from './copy.ts';
import { type Database, sizeOf } from './database.ts';

/** Writers wait for so many pages at most: some ten milliseconds. */
const PAGES_AT_ONCE = 1024;
const PRIVATE_FILE = 0o600;

/**
 * Puts a copy of an open database in the place of its file, page for page: without its log, which a program
 * that reads for hours keeps from being emptied. That program goes on with what it has open, which is gone when it closes it.
 * `pause` is called shortly before the last pages are copied: from then on nobody may write. Nothing is
 * changed if this rejects, with `store_unavailable` where there is no room.
 */
export async function renewFile(database: Database, path: string, pause: () => void): Promise<void> {
  const place = realpathSync(path);
  refuseWithoutRoom(place, sizeOf(database));
  const copy = copyNameOf(place);
  try {
    closeSync(openSync(copy, 'wx', PRIVATE_FILE));
    await copyAll(database, copy, pause);
    giveSameRights(copy, place);
    sync(copy);
    // Whoever is killed here leaves the copy with the former log, which says the same again.
    renameSync(copy, place);
  } catch (error) {
    for (const end of ['', '-wal', '-shm', '-journal']) rmSync(`${copy}${end}`, { force: true });
    throw error;
  }
  sync(dirname(place));
  for (const end of ['-wal', '-shm']) rmSync(`${place}${end}`, { force: true });
  sync(dirname(place));
}

async function copyAll(database: Database, copy: string, pause: () => void): Promise<void> {
  const isLast = (remainingPages: number) => remainingPages <= PAGES_AT_ONCE;
  const pages = Number(database.prepare('PRAGMA page_count').get()?.['page_count']);
  if (isLast(pages)) pause();
  await backup(database, copy, {
    rate: PAGES_AT_ONCE,
    progress: ({ remainingPages }) => void (isLast(remainingPages) && pause()),
  });
}

/** So that those who could read the file can read this one. */
function giveSameRights(copy: string, place: string): void {
  const { mode, uid, gid } = statSync(place);
  chmodSync(copy, mode);
  const own = statSync(copy);
  if (own.uid !== uid || own.gid !== gid) chownSync(copy, uid, gid);
}

function sync(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/**
 * Makes a database useless whose file has been renewed: a program that still has it open would otherwise see
 * for ever what it was. What is being read stays as it is.
 */
export function retire(database: Database): void {
  database.enableDefensive(false);
  const version = Number(database.prepare('PRAGMA schema_version').get()?.['schema_version']);
  // The version tells the others to look at the schema again.
  database.exec(
    `PRAGMA writable_schema = ON; BEGIN; DELETE FROM sqlite_schema; PRAGMA schema_version = ${version + 1}; COMMIT`,
  );
}
