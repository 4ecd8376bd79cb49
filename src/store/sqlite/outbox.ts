import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type {
  Batch,
  Lost,
  OutboxLimits,
  OutboxProgress,
  OutboxStatus,
  ReceiverNote,
  Settled,
  Settlement,
  SinkPlace,
} from '../../domain/outbox.ts';
import type { OutboxContent } from '../outbox-content.ts';
import { type BlockHead, batchFrom, endOf, fateOf, weigh } from '../outbox-rules.ts';
import { type DeadTable, openDeadEntries } from './dead-entries.ts';
import { OutboxTotals, SinkPlaces } from './outbox-places.ts';

/*
 * An outbox is one list for all sinks: entries have places that only grow, and each sink has the place of its
 * next one. So an entry is stored once, however many receivers there are. What all are safe to keep is removed
 * from the head.
 */

interface Block extends BlockHead {
  entries: string;
}

/** Removed at once by a trim; the next one goes on. */
const TRIMMED_BLOCKS = 1000;
/** Removed with a batch, which is to be quick: four milliseconds if they are full. */
const REMOVED_BLOCKS = 250;

/** Every method runs inside of the caller's transaction, but for those that only read. */
export class OutboxTables<Entry> {
  readonly dead: DeadTable<Entry>;
  readonly #content: OutboxContent<Entry>;
  readonly #unpacking: ReturnType<OutboxContent<Entry>['openUnpacking']>;
  readonly #places: SinkPlaces;
  readonly #totals: OutboxTotals;
  readonly #insert: StatementSync;
  readonly #removeTo: StatementSync;
  readonly #readBlocks: (from: number, limit: number) => Block[];
  readonly #oldestBlocks: (count: number) => BlockHead[];

  constructor(database: DatabaseSync, content: OutboxContent<Entry>) {
    const { outbox } = content;
    this.#content = content;
    this.#unpacking = content.openUnpacking();
    this.dead = openDeadEntries(database, content);
    this.#places = new SinkPlaces(database, content);
    this.#totals = new OutboxTotals(database, content);
    this.#insert = database.prepare(`INSERT INTO ${outbox} VALUES (?, ?, ?, ?, ?)`);
    this.#removeTo = database.prepare(
      `DELETE FROM ${outbox} WHERE first_seq IN (
         SELECT first_seq FROM ${outbox} WHERE first_seq < :seq AND first_seq + count <= :seq
         ORDER BY first_seq LIMIT :limit) RETURNING bytes`,
    );
    this.#readBlocks = openBlocks(database, content);
    this.#oldestBlocks = openOldest(database, content);
  }

  append(entries: readonly Entry[], nowMs: number): void {
    if (entries.length === 0) return;
    const { now } = this.#totals;
    const text = this.#content.pack(entries);
    const bytes = Buffer.byteLength(text);
    const count = weigh(entries, this.#content.weightOf);
    this.#insert.run(now.nextSeq, count, bytes, nowMs, text);
    now.nextSeq += count;
    now.bytes += bytes;
  }

  /** As `Store.openSinks`. */
  keepSinks(sinks: readonly string[]): number {
    const { nextSeq } = this.#totals.now;
    const lost = this.#places.keep(sinks, nextSeq);
    this.#removeSafe();
    return lost;
  }

  read(sink: string, most: number): Batch<Entry> {
    const { nextSeq: from, takenSeq } = this.#places.of(sink);
    const isRepeat = from < takenSeq;
    const limit = isRepeat ? Math.min(most, takenSeq - from) : most;
    const { weightOf } = this.#content;
    const rows = this.#readBlocks(from, limit);
    const entries = rows.flatMap((row) => this.#unpacking.unpack(row.entries));
    const batch = batchFrom(entries, { firstSeq: rows[0]?.first_seq ?? from, from, limit }, weightOf);
    return { ...batch, isRepeat };
  }

  settle(settlement: Settlement<Entry>, nowMs: number): Settled {
    const settled = this.#places.settle(settlement);
    this.#removeSafe();
    // What is rejected when it is repeated was set aside the first time, or the receiver took it then.
    if (settled.count > 0 && !settled.isRepeat) this.dead.keep(settlement, nowMs);
    return settled;
  }

  place(sink: string): SinkPlace {
    return this.#places.of(sink);
  }

  /** Returns how many entries a restart concerns. */
  note(note: ReceiverNote): number {
    const entries = this.#places.note(note);
    this.#removeSafe();
    return entries;
  }

  /** Whether there is anything to trim. */
  isOver(limits: OutboxLimits): boolean {
    const safeSeq = this.#places.least('safeSeq');
    const { bytes } = this.#totals.now;
    return this.#oldestBlocks(1).some(
      (block) => endOf(block) <= safeSeq || fateOf(block, limits, bytes) !== null,
    );
  }

  trim(limits: OutboxLimits): Lost[] {
    const lost: Lost[] = [];
    this.#removeSafe(TRIMMED_BLOCKS);
    for (const block of this.#oldestBlocks(TRIMMED_BLOCKS)) {
      const outcome = fateOf(block, limits, this.#totals.now.bytes);
      if (outcome === null) break;
      for (const each of this.#places.pass(endOf(block))) lost.push({ ...each, outcome });
      this.#removeSafe();
    }
    return lost;
  }

  status(): OutboxStatus[] {
    const endSeq = this.#totals.now.nextSeq;
    return this.#places.all().map(({ sink, nextSeq, takenSeq, safeSeq }) => {
      const [oldest] = nextSeq < endSeq ? this.#readBlocks(nextSeq, 1) : [];
      const kept = takenSeq - safeSeq;
      return { sink, waiting: endSeq - nextSeq, kept, oldestMs: oldest?.written_at_ms ?? null };
    });
  }

  progress(): OutboxProgress {
    const { nextSeq } = this.#totals.now;
    return { endSeq: nextSeq, settledSeq: Math.min(this.#places.least('nextSeq'), nextSeq) };
  }

  /** To be called when a transaction is undone: what was counted of it is not so. */
  forgetCounts(): void {
    this.#totals.forget();
    this.#places.forget();
  }

  /** Removes blocks that no sink needs any more, the oldest first. */
  #removeSafe(limit = REMOVED_BLOCKS): void {
    const { now } = this.#totals;
    const seq = Math.min(this.#places.least('safeSeq'), now.nextSeq);
    for (const row of this.#removeTo.all({ seq, limit })) now.bytes -= Number(row['bytes']);
  }
}

function openOldest<Entry>(
  database: DatabaseSync,
  { outbox }: OutboxContent<Entry>,
): (count: number) => BlockHead[] {
  const oldest = database.prepare(
    `SELECT first_seq, count, bytes, written_at_ms FROM ${outbox} ORDER BY first_seq LIMIT ?`,
  );
  return (count) => oldest.all(count) as unknown as BlockHead[];
}

/** Answers the blocks that hold `limit` positions from the place on, as far as there are any. */
function openBlocks<Entry>(
  database: DatabaseSync,
  { outbox, entriesColumn }: OutboxContent<Entry>,
): (from: number, limit: number) => Block[] {
  const blocks = `SELECT first_seq, count, bytes, written_at_ms, ${entriesColumn} AS entries FROM ${outbox}`;
  const blockOf = database.prepare(`${blocks} WHERE first_seq <= ? ORDER BY first_seq DESC LIMIT 1`);
  const blocksAfter = database.prepare(`${blocks} WHERE first_seq > ? ORDER BY first_seq`);
  return (from, limit) => {
    const first = blockOf.get(from) as unknown as Block | undefined;
    const rows: Block[] = first !== undefined && first.first_seq + first.count > from ? [first] : [];
    let end = first === undefined ? 0 : first.first_seq + first.count;
    if (end - from >= limit) return rows;
    for (const row of blocksAfter.iterate(from) as Iterable<unknown> as Iterable<Block>) {
      rows.push(row);
      end = row.first_seq + row.count;
      if (end - from >= limit) break;
    }
    return rows;
  };
}
