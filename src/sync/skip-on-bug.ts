import type { Logger } from '../domain/contracts.ts';
import { AntError } from '../domain/errors.ts';

/**
 * What `read` answers about one object of GitHub's, or `instead` where that object shows a bug, which is told of: it would be read again
 * after every start, and end every process.
 */
export async function skipOnBug<T>(
  read: () => Promise<T>,
  { fallback, logger, about }: { readonly fallback: T; readonly logger: Logger; readonly about: object },
): Promise<T> {
  try {
    return await read();
  } catch (err) {
    if (err instanceof AntError) throw err;
    logger.error('object_skipped', { err, ...about });
    return fallback;
  }
}
