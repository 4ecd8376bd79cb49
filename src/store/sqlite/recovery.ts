import type { DatabaseSync } from 'node:sqlite';
import type { KnownRepository } from '../../domain/known-repository.ts';
import { seenKeyOf } from '../seen-key.ts';

/** The mark before which all that was forgotten had its last word. */
export const FORGOTTEN_BEFORE = 'forgotten/before';

/** What recovery remembers. Methods that write run inside of the caller's transaction. */
export interface RecoveryTables {
  readMark(name: string): number | null;
  writeMark(name: string, value: number): void;
  readNote(name: string): string | null;
  /** Null: nothing is to be remembered any more. */
  writeNote(name: string, text: string | null): void;
  /** Records that something about the repository arrived. */
  see(repository: string, nowMs: number): void;
  /** Forgets what is noted in memory alone, when the transaction of it is undone. */
  forgetNoted(): void;
  repositories(): KnownRepository[];
  unseen(guids: readonly string[]): string[];
}

/** A repository is written again after this time: more precision is not needed. */
const NOTE_EVERY_MS = 3_600_000;
/** The repository of a payload without one. */
const UNKNOWN = 'unknown';

export function openRecoveryTables(database: DatabaseSync): RecoveryTables {
  const mark = database.prepare('SELECT value FROM marks WHERE name = ?');
  const write = database.prepare('INSERT OR REPLACE INTO marks VALUES (?, ?)');
  const note = database.prepare('SELECT text FROM notes WHERE name = ?');
  const writeText = database.prepare('INSERT OR REPLACE INTO notes VALUES (?, ?)');
  const forget = database.prepare('DELETE FROM notes WHERE name = ?');
  const see = database.prepare('INSERT OR REPLACE INTO repositories VALUES (?, ?)');
  const all = database.prepare('SELECT name, last_seen_ms AS lastSeenAtMs FROM repositories ORDER BY name');
  const seen = database.prepare('SELECT 1 FROM seen_deliveries WHERE key = ?');
  const notedAtMs = new Map<string, number>();
  return {
    readMark(name) {
      const value = mark.get(name)?.['value'];
      return typeof value === 'number' ? value : null;
    },
    writeMark: (name, value) => void write.run(name, value),
    readNote(name) {
      const text = note.get(name)?.['text'];
      return typeof text === 'string' ? text : null;
    },
    writeNote: (name, text) => void (text === null ? forget.run(name) : writeText.run(name, text)),
    see(repository, nowMs) {
      if (repository === UNKNOWN || nowMs - (notedAtMs.get(repository) ?? 0) < NOTE_EVERY_MS) return;
      see.run(repository, nowMs);
      notedAtMs.set(repository, nowMs);
    },
    forgetNoted: () => notedAtMs.clear(),
    repositories: () => all.all().map((row) => ({ ...row })) as unknown as KnownRepository[],
    unseen: (guids) => guids.filter((guid) => seen.get(seenKeyOf(guid)) === undefined),
  };
}
