import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Lost, ReceiverNote, Settled, Settlement, SinkPlace } from '../../domain/outbox.ts';
import type { OutboxContent } from '../outbox-content.ts';
import { notedPlace, passedPlace, settledPlace, startingPlace } from '../outbox-rules.ts';

function put({ sinks }: Names): string {
  return `
  INSERT INTO ${sinks} (name, next_seq, taken_seq, safe_seq, process)
  VALUES (:sink, :nextSeq, :takenSeq, :safeSeq, :process)
  ON CONFLICT (name) DO UPDATE
  SET next_seq = :nextSeq, taken_seq = :takenSeq, safe_seq = :safeSeq, process = :process`;
}

type Names = Pick<OutboxContent<never>, 'outbox' | 'sinks'>;

/** How far the sinks have come, kept in memory as well. */
export class SinkPlaces {
  readonly #select: StatementSync;
  readonly #put: StatementSync;
  readonly #remove: StatementSync;
  #kept: Map<string, SinkPlace> | null = null;

  constructor(database: DatabaseSync, names: Names) {
    const { sinks } = names;
    this.#select = database.prepare(
      `SELECT name, next_seq, taken_seq, safe_seq, process FROM ${sinks} ORDER BY name`,
    );
    this.#put = database.prepare(put(names));
    this.#remove = database.prepare(`DELETE FROM ${sinks} WHERE name = ?`);
  }

  of(sink: string): SinkPlace {
    const place = this.#bySink().get(sink);
    if (place === undefined) throw new Error(`No sink has the name ${sink}`);
    return place;
  }

  least(which: 'nextSeq' | 'safeSeq'): number {
    return Math.min(...Array.from(this.#bySink().values(), (place) => place[which]));
  }

  all(): ({ readonly sink: string } & SinkPlace)[] {
    return Array.from(this.#bySink(), ([sink, place]) => ({ sink, ...place }));
  }

  /**
   * Leaves only these sinks; new ones begin at the end. Returns how much waited for those removed.
   */
  keep(sinks: readonly string[], endSeq: number): number {
    let lost = 0;
    for (const { sink, nextSeq } of this.all()) {
      if (sinks.includes(sink)) continue;
      lost += endSeq - nextSeq;
      this.#remove.run(sink);
      this.#bySink().delete(sink);
    }
    for (const sink of sinks) if (!this.#bySink().has(sink)) this.#move(sink, startingPlace(endSeq));
    return lost;
  }

  settle(settlement: Settlement): Settled {
    const { settled, place } = settledPlace(this.of(settlement.sink), settlement);
    if (place !== null) this.#move(settlement.sink, place);
    return settled;
  }

  /** Returns how many entries a restart concerns. */
  note(note: ReceiverNote): number {
    const { entries, place } = notedPlace(this.of(note.sink), note);
    this.#move(note.sink, place);
    return entries;
  }

  /** Moves every sink that is before the place to it. Returns what each of them lost. */
  pass(seq: number): Omit<Lost, 'outcome'>[] {
    const behind = this.all().filter(({ safeSeq }) => safeSeq < seq);
    return behind.flatMap(({ sink, ...before }) => {
      const { place, count, repeats } = passedPlace(before, seq);
      this.#move(sink, place);
      return count > 0 ? [{ sink, count, repeats }] : [];
    });
  }

  /**
   * Reads them again when they are next needed, and not at once: where a write has failed, reading may fail
   * too.
   */
  forget(): void {
    this.#kept = null;
  }

  #move(sink: string, place: SinkPlace): void {
    this.#put.run({ sink, ...place });
    this.#bySink().set(sink, place);
  }

  #bySink(): Map<string, SinkPlace> {
    this.#kept ??= new Map(this.#select.all().map((row) => [String(row['name']), placeOf(row)]));
    return this.#kept;
  }
}

function placeOf(row: Record<string, unknown>): SinkPlace {
  return {
    nextSeq: Number(row['next_seq']),
    takenSeq: Number(row['taken_seq']),
    safeSeq: Number(row['safe_seq']),
    process: row['process'] === null ? null : String(row['process']),
  };
}

/** The end of an outbox and its size, kept in memory as well. */
export class OutboxTotals {
  readonly #select: StatementSync;
  #kept: { nextSeq: number; bytes: number } | null = null;

  constructor(database: DatabaseSync, { outbox, sinks }: Names) {
    this.#select = database.prepare(
      `SELECT
         MAX(
           COALESCE((SELECT first_seq + count FROM ${outbox} ORDER BY first_seq DESC LIMIT 1), 1),
           COALESCE((SELECT MAX(taken_seq) FROM ${sinks}), 1)
         ) AS nextSeq,
         (SELECT COALESCE(SUM(bytes), 0) FROM ${outbox}) AS bytes`,
    );
  }

  /** May be changed, within a transaction. */
  get now(): { nextSeq: number; bytes: number } {
    if (this.#kept === null) {
      const row = this.#select.get();
      this.#kept = { nextSeq: Number(row?.['nextSeq']), bytes: Number(row?.['bytes']) };
    }
    return this.#kept;
  }

  /** As `SinkPlaces.forget`. */
  forget(): void {
    this.#kept = null;
  }
}
