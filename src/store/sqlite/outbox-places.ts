import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** How far the sinks have come, kept in memory as well. */
export class SinkPlaces {
  readonly #select: StatementSync;
  readonly #put: StatementSync;
  readonly #remove: StatementSync;
  #kept: Map<string, number> | null = null;

  constructor(database: DatabaseSync) {
    this.#select = database.prepare('SELECT name, next_seq FROM sinks ORDER BY name');
    this.#put = database.prepare(
      'INSERT INTO sinks VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET next_seq = excluded.next_seq',
    );
    this.#remove = database.prepare('DELETE FROM sinks WHERE name = ?');
  }

  of(sink: string): number {
    const seq = this.#bySink().get(sink);
    if (seq === undefined) throw new Error(`No sink has the name ${sink}`);
    return seq;
  }

  least(): number {
    return Math.min(...this.#bySink().values());
  }

  all(): { readonly sink: string; readonly nextSeq: number }[] {
    return Array.from(this.#bySink(), ([sink, nextSeq]) => ({ sink, nextSeq }));
  }

  move(sink: string, seq: number): void {
    this.#put.run(sink, seq);
    this.#bySink().set(sink, seq);
  }

  /**
   * Leaves only these sinks; new ones begin at the end. Returns how many samples waited for those removed.
   */
  keep(sinks: readonly string[], endSeq: number): number {
    let lost = 0;
    for (const { sink, nextSeq } of this.all()) {
      if (sinks.includes(sink)) continue;
      lost += endSeq - nextSeq;
      this.#remove.run(sink);
      this.#bySink().delete(sink);
    }
    for (const sink of sinks) if (!this.#bySink().has(sink)) this.move(sink, endSeq);
    return lost;
  }

  /** Moves every sink that is before the place to it. Returns how many samples each of them lost. */
  pass(seq: number): { readonly sink: string; readonly count: number }[] {
    const behind = this.all().flatMap(({ sink, nextSeq }) =>
      nextSeq < seq ? [{ sink, count: seq - nextSeq }] : [],
    );
    for (const { sink } of behind) this.move(sink, seq);
    return behind;
  }

  /**
   * Reads them again when they are next needed, and not at once: where a write has failed, reading may fail
   * too.
   */
  forget(): void {
    this.#kept = null;
  }

  #bySink(): Map<string, number> {
    this.#kept ??= new Map(this.#select.all().map((row) => [String(row['name']), Number(row['next_seq'])]));
    return this.#kept;
  }
}

/** The end of the outbox and its size, kept in memory as well. */
export class OutboxTotals {
  readonly #select: StatementSync;
  #kept: { nextSeq: number; bytes: number } | null = null;

  constructor(database: DatabaseSync) {
    this.#select = database.prepare(
      `SELECT
         MAX(
           COALESCE((SELECT first_seq + count FROM outbox ORDER BY first_seq DESC LIMIT 1), 1),
           COALESCE((SELECT MAX(next_seq) FROM sinks), 1)
         ) AS nextSeq,
         (SELECT COALESCE(SUM(bytes), 0) FROM outbox) AS bytes`,
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
