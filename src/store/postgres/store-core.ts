import type { Store } from '../../domain/contracts.ts';
import { AntError } from '../../domain/errors.ts';
import { openFleet } from './fleet.ts';
import type { StoreParts } from './parts.ts';
import { openProcess } from './process.ts';
import { openReader } from './reader.ts';
import { changeNote, writeMark, writeNote } from './recovery.ts';
import { openOutboxes } from './stored-outbox.ts';
import { openUpkeep } from './upkeep.ts';

/** What the store answers. */
export type StoreMethods = Omit<Store, 'damaged' | 'readableAt' | typeof Symbol.asyncDispose>;

export function openMethods(parts: StoreParts): StoreMethods {
  const { connections, tables, turns, write } = parts;
  return {
    ...openReader(parts),
    ...openUpkeep(parts),
    ...openOutboxes(parts),
    ...openFleet({ ...parts, taking: tables.deliveries.taking }),
    databaseStatus: async () => ({
      ...connections.status,
      transactions: turns.count,
      turnWaitMs: turns.waitMs,
    }),
    process: openProcess(parts),
    lease: (limit, leaseMs) =>
      connections.read((session) => tables.deliveries.lease(session, limit, leaseMs)),
    writeMark: (name, atMs) => connections.transact(async (session) => writeMark(session, name, atMs)),
    writeNote: (name, text) => connections.transact(async (session) => writeNote(session, name, text)),
    changeNote: (change, count) => changeNote(write, change, count),
    copy() {
      return Promise.reject(
        new AntError('backup_unsupported', 'the database is on a PostgreSQL server', {
          hint: 'Back it up as its server is backed up, for example with pg_dump.',
        }),
      );
    },
  };
}
