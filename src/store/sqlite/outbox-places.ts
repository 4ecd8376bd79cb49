import type { DatabaseSync } from 'node:sqlite';

/** How far the sinks have come, kept in memory as well. */
export function openPlaces(database: DatabaseSync) {
  const select = database.prepare('SELECT name, next_seq FROM sinks ORDER BY name');
  const put = database.prepare(
    'INSERT INTO sinks VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET next_seq = excluded.next_seq',
  );
  const remove = database.prepare('DELETE FROM sinks WHERE name = ?');
  let kept: Map<string, number> | null = null;

  function bySink(): Map<string, number> {
    kept ??= new Map(select.all().map((row) => [String(row['name']), Number(row['next_seq'])]));
    return kept;
  }
  function of(sink: string): number {
    const seq = bySink().get(sink);
    if (seq === undefined) throw new Error(`No sink has the name ${sink}`);
    return seq;
  }
  function move(sink: string, seq: number): void {
    put.run(sink, seq);
    bySink().set(sink, seq);
  }

  return {
    of,
    move,
    /**
     * Reads them again when they are next needed, and not at once: where a write has failed, reading may fail
     * too.
     */
    forget() {
      kept = null;
    },
    least: () => Math.min(...bySink().values()),
    all: () => Array.from(bySink(), ([sink, nextSeq]) => ({ sink, nextSeq })),
    /**
     * Leaves only these sinks; new ones begin at the end. Answers how many samples waited for those that are
     * gone.
     */
    keep(sinks: readonly string[], endSeq: number): number {
      let lost = 0;
      for (const [sink, seq] of [...bySink()]) {
        if (sinks.includes(sink)) continue;
        lost += endSeq - seq;
        remove.run(sink);
        bySink().delete(sink);
      }
      for (const sink of sinks) if (!bySink().has(sink)) move(sink, endSeq);
      return lost;
    },
    /** Moves every sink that is before the place to it; answers how many samples each of them lost. */
    pass(seq: number): { sink: string; count: number }[] {
      const behind = Array.from(bySink(), ([sink, from]) => ({ sink, count: seq - from })).filter(
        ({ count }) => count > 0,
      );
      for (const { sink } of behind) move(sink, seq);
      return behind;
    },
  };
}

/** The end of the outbox and its size, kept in memory. */
export function openTotals(database: DatabaseSync) {
  const select = database.prepare(
    `SELECT
       MAX(
         COALESCE((SELECT first_seq + count FROM outbox ORDER BY first_seq DESC LIMIT 1), 1),
         COALESCE((SELECT MAX(next_seq) FROM sinks), 1)
       ) AS nextSeq,
       (SELECT COALESCE(SUM(bytes), 0) FROM outbox) AS bytes`,
  );
  function read() {
    const row = select.get();
    return { nextSeq: Number(row?.['nextSeq']), bytes: Number(row?.['bytes']) };
  }
  let kept: ReturnType<typeof read> | null = null;
  return {
    /** May be changed, within a transaction. */
    get now() {
      kept ??= read();
      return kept;
    },
    /** As that of the places. */
    forget() {
      kept = null;
    },
  };
}
