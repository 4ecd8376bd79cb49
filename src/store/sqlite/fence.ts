import { AntError } from '../../domain/errors.ts';
import type { RecoveryTables } from './recovery.ts';

/** The note of which process writes the database. */
const WRITER = 'writer';

/**
 * To be called in each transaction: the first notes that this process writes the database from now on, a later
 * one throws `store_replaced` if another does since. That is possible if somebody removes the file of the lock
 * (database-lock.ts): whoever comes later goes on, and this process ends.
 */
export function openFence(path: string, { readNote, writeNote }: RecoveryTables): () => void {
  // No other process has it. `node:crypto` would be loaded for it alone.
  const own = `${process.pid} ${Math.random()}`;
  let isNoted = false;
  return () => {
    if (readNote(WRITER) === own) isNoted = true;
    else if (!isNoted) writeNote(WRITER, own);
    else
      throw new AntError('store_replaced', `another ant-watcher has taken over ${path}`, {
        hint: 'Give each its own storage.url, and leave the file that ends in -lock where it is.',
      });
  };
}
