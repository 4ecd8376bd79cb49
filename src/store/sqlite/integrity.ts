import type { DatabaseSync } from 'node:sqlite';
import { isDamage, messageOf } from './store-error.ts';

/** So many are enough to see that it is damaged, and where. */
const SHOWN = 5;

/**
 * What SQLite's own check of every page, row and index finds wrong; nothing: all is sound. Reads the whole
 * database: about two seconds a gigabyte.
 */
export function integrityProblems(database: DatabaseSync): readonly string[] {
  try {
    const rows = database.prepare(`PRAGMA integrity_check(${SHOWN})`).all();
    const found = rows.map((row) => String(row['integrity_check']));
    return found.length === 1 && found[0] === 'ok' ? [] : found;
  } catch (error) {
    if (!isDamage(error)) throw error;
    return [messageOf(error)];
  }
}
