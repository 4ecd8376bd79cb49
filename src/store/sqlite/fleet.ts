import type { Clock } from '../../domain/contracts.ts';
import type { Fleet, Standing } from '../../domain/replica.ts';
import type { MaybeSync } from '../damage-guard.ts';
import { type Database, transact } from './database.ts';
import type { RecoveryTables } from './recovery.ts';

/** Since when a process has used the store; 0: the last one ended as it should. */
const RUNNING_SINCE = 'process/running_since';

/** Only one process can use the store: it leads, and there is nobody to follow. */
export function openFleet(
  database: Database,
  { recovery, clock }: { readonly recovery: RecoveryTables; readonly clock: Clock },
): MaybeSync<Fleet> {
  const note = (atMs: number) => transact(database, 'normal', () => recovery.writeMark(RUNNING_SINCE, atMs));
  let isNoted = false;
  const standing = (crashedAtMs: number | null): Standing => ({
    leadsForMs: Number.POSITIVE_INFINITY,
    crashedAtMs,
    nowMs: clock(),
    replicas: [],
  });
  return {
    follow: () => undefined,
    catchUp: () => undefined,
    join() {
      const nowMs = clock();
      const isCrashed = (recovery.readMark(RUNNING_SINCE) ?? 0) > 0;
      note(nowMs);
      isNoted = true;
      return standing(isCrashed ? nowMs : null);
    },
    beat: () => standing(null),
    leave() {
      if (isNoted) note(0);
    },
  };
}
