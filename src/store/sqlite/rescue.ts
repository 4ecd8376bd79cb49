import { closeSync, existsSync, fsyncSync, linkSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { copyNameOf, makeCopy } from './copy.ts';
import { makeFolder } from './database-file.ts';
import type { OpenFile } from './open-file.ts';

/**
 * Writes all that is in an open database whose file was removed into a new file: at its path, if nothing is
 * there, else beside it, with `suffix`. Any room will do: nothing else is stored before that. Answers where it is. Throws `store_unavailable`, `store_damaged` or
 * an error of the file system.
 */
export async function rescue(database: DatabaseSync, file: OpenFile, suffix: string): Promise<string> {
  const { path } = file;
  makeFolder(dirname(path));
  const copy = await makeCopy(database, copyNameOf(path), new AbortController().signal);
  // All that is in it is in the copy, which it would damage.
  file.removeLog();
  const place = moveTo(path, copy.path, suffix);
  syncFolder(dirname(path));
  return place;
}

function moveTo(path: string, copy: string, suffix: string): string {
  if (!existsSync(`${path}-wal`) && isLinked(copy, path)) {
    rmSync(copy);
    return path;
  }
  renameSync(copy, `${path}${suffix}`);
  return `${path}${suffix}`;
}

/** A link, unlike a rename, never takes the place of something that has just come there. */
function isLinked(copy: string, path: string): boolean {
  try {
    linkSync(copy, path);
    return true;
  } catch {
    return false;
  }
}

function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
