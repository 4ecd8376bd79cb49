import { randomUUID } from 'node:crypto';
import { AntError } from '../../domain/errors.ts';
import type { RecoveryTables } from './recovery.ts';

/** The note of which process writes the database. */
const WRITER = 'writer';

/**
 * To be called in each transaction: the first notes that this process writes the database from now on, a later
 * one throws `store_replaced` if another does since. The lock (database-lock.ts) can't keep out who finds the
 * file under another name, such as a hard link in another folder: whoever comes later goes on, and this process
 * ends.
 */
export function openFence(path: string, { readNote, writeNote }: RecoveryTables): () => void {
  const own = randomUUID();
  let isNoted = false;
  return () => {
    if (readNote(WRITER) === own) isNoted = true;
    else if (!isNoted) writeNote(WRITER, own);
    else
      throw new AntError('store_replaced', `another ant-watcher has taken over ${path}`, {
        hint: 'Give each its own storage.url. They reach this file by different names, such as a hard link.',
      });
  };
}
