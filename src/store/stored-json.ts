import { AntError } from '../domain/errors.ts';

export const DAMAGE_HINT = 'Restore a backup, or move the file away to start with an empty database.';

/**
 * The value of JSON that the store itself has written, of the type that was written there. Throws
 * `store_damaged` when it is no JSON.
 */
export function parseStored<T>(json: unknown, where: string): T {
  try {
    return JSON.parse(String(json)) as T;
  } catch (cause) {
    throw new AntError('store_damaged', `the database is damaged: a row of ${where} can't be read`, {
      cause,
      hint: DAMAGE_HINT,
    });
  }
}
