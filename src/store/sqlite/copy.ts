import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, fdatasync, openSync, readdirSync, rmSync, statfsSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { backup, type DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import type { Copying } from '../../domain/contracts.ts';
import { AntError } from '../../domain/errors.ts';
import { sleep } from '../../timing/sleep.ts';
import { DAMAGE_HINT } from '../stored-json.ts';
import { sizeOf } from './database.ts';
import { resultCodeOf } from './store-error.ts';

/**
 * In one go: writers wait for so many pages at most (4 MiB, about ten milliseconds). More than one
 * transaction of theirs writes, so that the copying ends while they go on.
 */
const PAGES_AT_ONCE = 1024;
const LONGEST_MS = 10 * 60_000;
/**
 * What was copied is synced after so many pages: SQLite's own sync at the end, for which writers wait, has
 * little left to do.
 */
const SYNC_EVERY_PAGES = 4096;
/** Stays free on the disk. */
const RESERVE_BYTES = 64 * 1024 ** 2;
const SQLITE_OK = 0;
const MOST_ATTEMPTS = 100;
const PRIVATE_FILE = 0o600;
const MIB = 1024 ** 2;

/**
 * Makes copies next to the database at `path` (null: it is in memory), whose lock no other process can share.
 */
export function openCopying(
  database: DatabaseSync,
  path: string | null,
): Copying & { close(): Promise<void> } {
  const underWay = new Set<Promise<unknown>>();
  const ending = new AbortController();
  if (path !== null) removeLeftOvers(path);

  async function copy() {
    if (path === null) throw new AntError('backup_unsupported', 'An in-memory store cannot be backed up.');
    refuseWithoutRoom(path, sizeOf(database));
    const made = makeCopy(database, copyNameOf(path), ending.signal);
    underWay.add(made);
    try {
      return await made;
    } finally {
      underWay.delete(made);
    }
  }

  return {
    copy,
    /** Gives up what is under way. */
    async close() {
      ending.abort();
      await Promise.allSettled(underWay);
    },
  };
}

/**
 * Copies the database into a new file at `path`, checks it, and makes it one file that needs no other. Throws
 * `store_damaged` if it is not sound, and `store_unavailable`.
 */
export async function makeCopy(database: DatabaseSync, path: string, ending: AbortSignal) {
  const file = openSync(path, 'wx', PRIVATE_FILE);
  try {
    await copyPages(database, { path, file, ending });
    const problems = await problemsOf(path);
    if (problems.length > 0) throw damaged(problems);
    return { path, bytes: statSync(path).size };
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
}

async function copyPages(
  database: DatabaseSync,
  { path, file, ending }: { path: string; file: number; ending: AbortSignal },
): Promise<void> {
  const deadline = performance.now() + LONGEST_MS;
  let syncedPages = 0;
  let syncing = Promise.resolve();
  function progress({ totalPages, remainingPages }: { totalPages: number; remainingPages: number }): void {
    if (ending.aborted) throw new AntError('store_unavailable', 'The service is stopping; backup aborted.');
    if (performance.now() > deadline)
      throw new AntError('store_unavailable', 'The backup takes too long; aborted.');
    const pages = totalPages - remainingPages;
    if (pages - syncedPages < SYNC_EVERY_PAGES) return;
    syncedPages = pages;
    syncing = new Promise((done) => fdatasync(file, () => done()));
  }
  try {
    await startedBetween(() => backup(database, path, { rate: PAGES_AT_ONCE, progress }));
  } finally {
    await syncing;
  }
}

/**
 * Node.js gives up, without reporting an error, when a transaction is under way at the very first step:
 * nothing was copied, and it can start again.
 */
async function startedBetween(begin: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await begin();
      return;
    } catch (error) {
      if (resultCodeOf(error) !== SQLITE_OK || attempt === MOST_ATTEMPTS) throw error;
      await sleep(attempt);
    }
  }
}

/** What is not sound in the copy, which is one file that needs no other from then on. */
async function problemsOf(path: string): Promise<readonly string[]> {
  const worker = new Worker(new URL('./copy-thread.ts', import.meta.url), { workerData: path });
  const [problems] = await once(worker, 'message');
  return problems as readonly string[];
}

/** On the same disk: a full one would have deliveries refused. */
export function refuseWithoutRoom(path: string, neededBytes: number): void {
  const { bavail, bsize } = statfsSync(dirname(resolve(path)));
  const freeBytes = bavail * bsize;
  if (freeBytes - neededBytes >= RESERVE_BYTES) return;
  const [needed, free] = [neededBytes + RESERVE_BYTES, freeBytes].map((bytes) => Math.floor(bytes / MIB));
  throw new AntError(
    'store_unavailable',
    `A backup needs ${needed} MiB of free disk space beside the database; ${free} MiB are free.`,
  );
}

function damaged(problems: readonly string[]): AntError {
  return new AntError('store_damaged', `the database is damaged: ${problems.join('; ')}`, {
    hint: DAMAGE_HINT,
  });
}

export function copyNameOf(path: string): string {
  return `${path}.copy-${randomUUID()}`;
}

/** Of a process that was killed while it made a copy. */
function removeLeftOvers(path: string): void {
  const folder = dirname(path);
  const begin = `${basename(path)}.copy-`;
  for (const name of readdirSync(folder)) if (name.startsWith(begin)) rmSync(join(folder, name));
}
