import type { RecoveryNotes } from '../domain/contracts.ts';
import type { DeliveryAttempt } from '../domain/github-history.ts';

/** Readings of an event that ended the process, after which it is left alone. */
const MOST_ENDS = 5;

/** What to read together, one part after the other, and what not at all. */
export interface Parts {
  readonly parts: readonly (readonly DeliveryAttempt[])[];
  readonly leftAlone: readonly DeliveryAttempt[];
}

export interface Caution {
  split(attempts: readonly DeliveryAttempt[], step: number): Parts;
  /** Does the work with the part noted meanwhile; resolves, and rejects, as the work does. */
  during<T>(part: readonly DeliveryAttempt[], work: () => Promise<T>): Promise<T>;
}

/**
 * Notes in the store which events of a hook are being read. To read one may end the process (no memory left), which nothing can catch, and
 * each start would do so again. The note of it stays then: the next process reads what was noted last and one by one, and leaves alone what has
 * ended too many.
 */
export async function openCaution(
  hookName: string,
  notes: Pick<RecoveryNotes, 'readNote' | 'writeNote'>,
): Promise<Caution> {
  const name = `reading/${hookName}`;
  const ends = new Map<string, number>(JSON.parse((await notes.readNote(name)) ?? '[]'));
  const write = () => notes.writeNote(name, ends.size === 0 ? null : JSON.stringify([...ends]));
  return {
    split(attempts, step) {
      const count = ({ guid }: DeliveryAttempt) => ends.get(guid) ?? 0;
      const free = attempts.filter((attempt) => count(attempt) === 0);
      const noted = attempts.filter((attempt) => count(attempt) > 0 && count(attempt) < MOST_ENDS);
      const together = Array.from({ length: Math.ceil(free.length / step) }, (_, part) =>
        free.slice(part * step, (part + 1) * step),
      );
      return {
        parts: [...together, ...noted.map((attempt) => [attempt])],
        leftAlone: attempts.filter((attempt) => count(attempt) >= MOST_ENDS),
      };
    },
    async during(part, work) {
      for (const { guid } of part) ends.set(guid, (ends.get(guid) ?? 0) + 1);
      await write();
      try {
        return await work();
      } finally {
        for (const { guid } of part) ends.delete(guid);
        await write();
      }
    },
  };
}
