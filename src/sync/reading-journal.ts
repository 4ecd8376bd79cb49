import type { RecoveryNotes } from '../domain/contracts.ts';
import type { DeliveryAttempt } from '../domain/github-history.ts';

/** After so many crashes while it was being read, an event is skipped. */
const MAX_CRASHES = 5;

/** What to read together, one part after the other, and what to skip. */
export interface Parts {
  readonly parts: readonly (readonly DeliveryAttempt[])[];
  readonly skipped: readonly DeliveryAttempt[];
}

export interface ReadingJournal {
  split(attempts: readonly DeliveryAttempt[], step: number): Parts;
  /** Notes the part while `work` runs; settles as `work` does. */
  during<T>(part: readonly DeliveryAttempt[], work: () => Promise<T>): Promise<T>;
}

/**
 * Notes in the store which events of a hook are being read. Reading one may crash the process (out of
 * memory), which nothing can catch, and each start would crash again. After a crash the note is still there:
 * the next process reads the noted events last and one by one, and skips those that have crashed too often.
 */
export async function openReadingJournal(
  hookName: string,
  notes: Pick<RecoveryNotes, 'readNote' | 'writeNote'>,
): Promise<ReadingJournal> {
  const name = `reading/${hookName}`;
  const crashes = new Map<string, number>(JSON.parse((await notes.readNote(name)) ?? '[]'));
  const write = () => notes.writeNote(name, crashes.size === 0 ? null : JSON.stringify([...crashes]));
  return {
    split(attempts, step) {
      const count = ({ guid }: DeliveryAttempt) => crashes.get(guid) ?? 0;
      const free = attempts.filter((attempt) => count(attempt) === 0);
      const noted = attempts.filter((attempt) => count(attempt) > 0 && count(attempt) < MAX_CRASHES);
      const together = Array.from({ length: Math.ceil(free.length / step) }, (_, part) =>
        free.slice(part * step, (part + 1) * step),
      );
      return {
        parts: [...together, ...noted.map((attempt) => [attempt])],
        skipped: attempts.filter((attempt) => count(attempt) >= MAX_CRASHES),
      };
    },
    async during(part, work) {
      for (const { guid } of part) crashes.set(guid, (crashes.get(guid) ?? 0) + 1);
      await write();
      try {
        return await work();
      } finally {
        for (const { guid } of part) crashes.delete(guid);
        await write();
      }
    },
  };
}
