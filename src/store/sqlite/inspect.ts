import { existsSync, mkdtempSync, rmdirSync, statfsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { openExisting, pathOf } from './database.ts';
import { refuseForeignFile } from './database-file.ts';
import { type LooseRights, looseRights } from './rights.ts';

/** Of a database that is there. */
interface ExistingDatabase {
  readonly schema: number;
  /** The schema that this version makes of it. */
  readonly newest: number;
  /** What SQLite's own check finds damaged. */
  readonly problems: readonly string[];
  /** What others than the owner can read or replace. */
  readonly loose: LooseRights | null;
}

/** What can be said of a database without changing it. */
export type Inspection =
  /** `memory:` */
  | { readonly kind: 'memory' }
  /** It exists and can be written, and no other process uses it. */
  | ({ readonly kind: 'ready'; readonly freeBytes: number } & ExistingDatabase)
  /** It is not there; the nearest folder that is can be written, or not. */
  | {
      readonly kind: 'absent';
      readonly folder: string;
      readonly isWritable: boolean;
      readonly freeBytes: number;
    };

/**
 * Looks at the database that `url` names, as `openSqliteStore` takes it. Throws the errors that opening it
 * would throw:
 * `store_locked`, `store_too_new`, `store_damaged`, `store_unavailable`.
 */
export function inspectDatabase(url: string): Inspection {
  const named = pathOf(url);
  if (named === null) return { kind: 'memory' };
  const path = resolve(named);
  const folder = nearestFolder(dirname(path));
  const { bavail, bsize } = statfsSync(folder);
  const freeBytes = bavail * bsize;
  if (existsSync(path)) return { kind: 'ready', ...openExisting(path), loose: looseRights(path), freeBytes };
  refuseForeignFile(path, 0);
  return { kind: 'absent', folder, isWritable: isWritable(folder), freeBytes };
}

function nearestFolder(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestFolder(dirname(path));
}

/** By trying: permissions alone don't show it, for example on a disk that is mounted read-only. */
function isWritable(folder: string): boolean {
  try {
    rmdirSync(mkdtempSync(join(folder, '.ant-watcher-')));
    return true;
  } catch {
    return false;
  }
}
