import type { Store } from '../../domain/contracts.ts';
import { AntError } from '../../domain/errors.ts';
import type { StoreParts } from './parts.ts';
import { openProcess } from './process.ts';
import { openReader } from './reader.ts';
import { writeMark, writeNote } from './recovery.ts';
import { openUpkeep } from './upkeep.ts';

/** What the store answers. */
export type StoreMethods = Omit<Store, 'damaged' | 'readableAt' | typeof Symbol.asyncDispose>;

export function openMethods(parts: StoreParts): StoreMethods {
  const { connections, tables } = parts;
  return {
    ...notYet(),
    ...openReader(parts),
    ...openUpkeep(parts),
    process: openProcess(parts),
    lease: (limit, leaseMs) =>
      connections.read((session) => tables.deliveries.lease(session, limit, leaseMs)),
    writeMark: (name, atMs) => connections.transact(async (session) => writeMark(session, name, atMs)),
    writeNote: (name, text) => connections.transact(async (session) => writeNote(session, name, text)),
    copy() {
      return Promise.reject(
        new AntError('backup_unsupported', 'the database is on a PostgreSQL server', {
          hint: 'Back it up as its server is backed up, for example with pg_dump.',
        }),
      );
    },
  };
}

type Missing =
  | 'readSamples'
  | 'sinkPlace'
  | 'outboxStatus'
  | 'outboxProgress'
  | 'deadSamples'
  | 'openOutbox'
  | 'settleSamples'
  | 'noteReceiver'
  | 'trimOutbox'
  | 'fillHistory'
  | 'packHistory'
  | 'forgetHistory'
  | 'follow'
  | 'catchUp'
  | 'join'
  | 'beat'
  | 'leave';

/** What is not written yet. */
function notYet(): Pick<StoreMethods, Missing> {
  const missing = (name: string) => () => Promise.reject(new Error(`PostgreSQL: ${name} is not written yet`));
  return {
    readSamples: missing('readSamples'),
    sinkPlace: missing('sinkPlace'),
    outboxStatus: missing('outboxStatus'),
    outboxProgress: missing('outboxProgress'),
    deadSamples: missing('deadSamples'),
    openOutbox: missing('openOutbox'),
    settleSamples: missing('settleSamples'),
    noteReceiver: missing('noteReceiver'),
    trimOutbox: missing('trimOutbox'),
    fillHistory: missing('fillHistory'),
    packHistory: missing('packHistory'),
    forgetHistory: missing('forgetHistory'),
    follow: missing('follow'),
    catchUp: missing('catchUp'),
    join: missing('join'),
    beat: missing('beat'),
    leave: missing('leave'),
  };
}
