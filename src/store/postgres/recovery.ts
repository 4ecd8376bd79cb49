import type { NoteChange } from '../../domain/contracts.ts';
import type { KnownRepository } from '../../domain/known-repository.ts';
import type { Count } from '../../domain/transaction.ts';
import { seenKeyOf } from '../seen-key.ts';
import type { Session } from './session.ts';
import { statement } from './statement.ts';
import type { Write } from './write.ts';

/** The mark before which all that was forgotten had its last word. */
export const FORGOTTEN_BEFORE = 'forgotten/before';

/** A repository is written again after this time: more precision is not needed. */
const NOTE_EVERY_MS = 3_600_000;
/** The repository of a payload without one. */
const UNKNOWN = 'unknown';

const MARK = statement('SELECT value FROM marks WHERE name = $1');
const WRITE_MARK = statement(
  'INSERT INTO marks (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
);
const NOTE = statement('SELECT text FROM notes WHERE name = $1');
const WRITE_NOTE = statement(
  'INSERT INTO notes (name, text) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET text = excluded.text',
);
const FORGET_NOTE = statement('DELETE FROM notes WHERE name = $1');
const SEE = statement(
  `INSERT INTO repositories (name, last_seen_ms) SELECT name, $2 FROM unnest($1::text[]) AS seen (name)
   ON CONFLICT (name) DO UPDATE SET last_seen_ms = excluded.last_seen_ms`,
);
const REPOSITORIES = statement(
  'SELECT name, last_seen_ms AS "lastSeenAtMs" FROM repositories ORDER BY name COLLATE "C"',
);
const SEEN = statement('SELECT key FROM seen_deliveries WHERE key = ANY ($1::bytea[])');

export async function readMark(session: Session, name: string): Promise<number | null> {
  const [row] = await session.rows<{ value: number }>(MARK, [name]);
  return row?.value ?? null;
}

export function writeMark(session: Session, name: string, value: number): void {
  session.send(WRITE_MARK, [name, value]);
}

export async function readNote(session: Session, name: string): Promise<string | null> {
  const [row] = await session.rows<{ text: string }>(NOTE, [name]);
  return row?.text ?? null;
}

/** Null: nothing is to be remembered any more. */
export function writeNote(session: Session, name: string, text: string | null): void {
  if (text === null) session.send(FORGET_NOTE, [name]);
  else session.send(WRITE_NOTE, [name, text]);
}

/** As `Store.changeNote`. */
export function changeNote(
  write: Write,
  { name, before, after }: NoteChange,
  count: Count<void>,
): Promise<boolean> {
  return write(async (transaction) => {
    const [{ nowMs }, text] = await Promise.all([transaction.begun, readNote(transaction, name)]);
    if (text !== before) return { result: false };
    writeNote(transaction, name, after);
    return { result: true, counts: { increments: count(undefined, nowMs) } };
  });
}

/** By name. */
export function repositories(session: Session): Promise<KnownRepository[]> {
  return session.rows<KnownRepository>(REPOSITORIES);
}

/** Those ids that are not remembered, in the given order. */
export async function unseen(session: Session, guids: readonly string[]): Promise<string[]> {
  const keys = guids.map(seenKeyOf);
  const seen = new Set((await session.rows<{ key: Buffer }>(SEEN, [keys])).map(({ key }) => hexOf(key)));
  return guids.filter((_, index) => !seen.has(hexOf(keys[index] ?? new Uint8Array())));
}

function hexOf(key: Uint8Array): string {
  return Buffer.from(key).toString('hex');
}

/** Records of which repositories something arrived. */
export class SeenRepositories {
  readonly #notedAtMs = new Map<string, number>();

  /** Call what it returns once that is committed. */
  see(session: Session, names: Iterable<string>, nowMs: number): () => void {
    const due = Array.from(new Set(names)).filter(
      (name) => name !== UNKNOWN && nowMs - (this.#notedAtMs.get(name) ?? 0) >= NOTE_EVERY_MS,
    );
    if (due.length > 0) session.send(SEE, [due, nowMs]);
    return () => {
      for (const name of due) this.#notedAtMs.set(name, nowMs);
    };
  }
}
