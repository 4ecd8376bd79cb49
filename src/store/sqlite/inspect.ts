import { existsSync, mkdtempSync, rmdirSync, statfsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { openExisting } from './database.ts';

/** What can be said of a database without changing it. */
export type Inspection =
  /** `memory:` */
  | { readonly kind: 'memory' }
  /** It is there and can be written, and nobody else uses it. `newest`: the schema that this version makes of it. */
  | { readonly kind: 'ready'; readonly schema: number; readonly newest: number; readonly freeBytes: number }
  /** It is not there; the nearest folder that is can be written, or not. */
  | {
      readonly kind: 'absent';
      readonly folder: string;
      readonly isWritable: boolean;
      readonly freeBytes: number;
    };

/**
 * Looks at the database that `url` names, as `openSqliteStore` takes it. Throws the errors that opening it would throw:
 * `store_locked`, `store_too_new`, `store_damaged`, `store_unavailable`.
 */
export function inspectDatabase(url: string): Inspection {
  if (url === 'memory:') return { kind: 'memory' };
  const path = resolve(url.slice('sqlite:'.length));
  const folder = nearestFolder(dirname(path));
  const { bavail, bsize } = statfsSync(folder);
  const freeBytes = bavail * bsize;
  if (existsSync(path)) return { kind: 'ready', ...openExisting(path), freeBytes };
  return { kind: 'absent', folder, isWritable: isWritable(folder), freeBytes };
}

function nearestFolder(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestFolder(dirname(path));
}

/** By trying: rights alone do not tell, for example on a disk that is mounted to be read only. */
function isWritable(folder: string): boolean {
  try {
    rmdirSync(mkdtempSync(join(folder, '.ant-watcher-')));
    return true;
  } catch {
    return false;
  }
}
