import { AntError } from '../../domain/errors.ts';
import { DAMAGE_HINT } from '../stored-json.ts';

/** SQLite's result codes for trouble of the machine, which may pass: the same work can be tried again. */
const PASSING_TROUBLE = new Set([5, 6, 7, 8, 10, 13, 14, 22]);
/** SQLITE_CORRUPT and SQLITE_NOTADB. */
const DAMAGE = new Set([11, 26]);

/**
 * What went wrong in reading or writing, as an `AntError` where the machine or the file is to blame: any
 * other error as it is.
 */
export function storeError(error: unknown): unknown {
  const code = resultCodeOf(error) ?? 0;
  if (PASSING_TROUBLE.has(code)) {
    const message = `the database can't be read or written: ${messageOf(error)}`;
    return new AntError('store_unavailable', message, { cause: error });
  }
  return DAMAGE.has(code) || isForeignNumber(error)
    ? damaged(`the database is damaged: ${messageOf(error)}`, error)
    : error;
}

/** What Node.js throws at a number in a row that no number of JavaScript is: the store has written none. */
function isForeignNumber(error: unknown): boolean {
  return error instanceof RangeError && /^Value is too large to be represented/.test(error.message);
}

export function isDamage(error: unknown): boolean {
  return DAMAGE.has(resultCodeOf(error) ?? 0);
}

function damaged(message: string, cause: unknown): AntError {
  return new AntError('store_damaged', message, { cause, hint: DAMAGE_HINT });
}

/** SQLite's primary result code, or null for an error that is not SQLite's. */
export function resultCodeOf(error: unknown): number | null {
  const code = error instanceof Error && 'errcode' in error ? error.errcode : null;
  return typeof code === 'number' ? code & 0xff : null;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
