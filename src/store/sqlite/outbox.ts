import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { EventSample } from '../../domain/event-sample.ts';
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
import { type BlockHead, endOf, fateOf } from '../outbox-rules.ts';
import { packSamples, unpackSamples } from '../packed-sample.ts';
import { type DeadSampleTable, openDeadSamples } from './dead-samples.ts';
import { OutboxTotals, SinkPlaces } from './outbox-places.ts';

/*
 * The outbox is one list for all sinks: samples have places that only grow, and each sink has the place of
 * its next one. So a sample is stored once, however many receivers there are. What all are safe to keep is
 * removed from the head.
 */

interface Block extends BlockHead {
  samples: string;
}

/** Removed at once by a trim; the next one goes on. */
const TRIMMED_BLOCKS = 1000;
/** Removed with a batch, which is to be quick: four milliseconds if they are full. */
const REMOVED_BLOCKS = 250;

/** Every method runs inside of the caller's transaction, but for those that only read. */
export class OutboxTables {
  readonly dead: DeadSampleTable;
  readonly #places: SinkPlaces;
  readonly #totals: OutboxTotals;
  readonly #insert: StatementSync;
  readonly #removeTo: StatementSync;
  readonly #readBlocks: (from: number, limit: number) => Block[];
  readonly #oldestBlocks: (count: number) => BlockHead[];

  constructor(database: DatabaseSync) {
    this.dead = openDeadSamples(database);
    this.#places = new SinkPlaces(database);
    this.#totals = new OutboxTotals(database);
    this.#insert = database.prepare('INSERT INTO outbox VALUES (?, ?, ?, ?, ?)');
    this.#removeTo = database.prepare(
      `DELETE FROM outbox WHERE first_seq IN (
         SELECT first_seq FROM outbox WHERE first_seq < :seq AND first_seq + count <= :seq
         ORDER BY first_seq LIMIT :limit) RETURNING bytes`,
    );
    this.#readBlocks = openBlocks(database);
    this.#oldestBlocks = openOldest(database);
  }

  append(samples: readonly EventSample[], nowMs: number): void {
    if (samples.length === 0) return;
    const { now } = this.#totals;
    const { text, bytes } = packSamples(samples);
    this.#insert.run(now.nextSeq, samples.length, bytes, nowMs, text);
    now.nextSeq += samples.length;
    now.bytes += bytes;
  }

  /** As `Store.openSinks`. */
  keepSinks(sinks: readonly string[]): number {
    const { nextSeq } = this.#totals.now;
    const lost = this.#places.keep(sinks, nextSeq);
    this.#removeSafe();
    return lost;
  }

  read(sink: string, limit: number): Batch<EventSample> {
    const { nextSeq: from, takenSeq } = this.#places.of(sink);
    const isRepeat = from < takenSeq;
    const rows = this.#readBlocks(from, limit);
    const samples = rows
      .flatMap((row) => unpackSamples(row.samples))
      .slice(from - (rows[0]?.first_seq ?? from));
    const batch = samples.slice(0, isRepeat ? Math.min(limit, takenSeq - from) : limit);
    return { entries: batch, endSeq: from + batch.length, isRepeat };
  }

  settle(settlement: Settlement<EventSample>, nowMs: number): Settled {
    const settled = this.#places.settle(settlement);
    this.#removeSafe();
    // What is rejected when it is repeated was set aside the first time, or the receiver took it then.
    if (settled.count > 0 && !settled.isRepeat) this.dead.keep(settlement, nowMs);
    return settled;
  }

  place(sink: string): SinkPlace {
    return this.#places.of(sink);
  }

  /** Returns how many samples a restart concerns. */
  note(note: ReceiverNote): number {
    const samples = this.#places.note(note);
    this.#removeSafe();
    return samples;
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

function openOldest(database: DatabaseSync): (count: number) => BlockHead[] {
  const oldest = database.prepare(
    'SELECT first_seq, count, bytes, written_at_ms FROM outbox ORDER BY first_seq LIMIT ?',
  );
  return (count) => oldest.all(count) as unknown as BlockHead[];
}

/** Answers the blocks that hold the `limit` samples from the place on, as far as there are any. */
function openBlocks(database: DatabaseSync): (from: number, limit: number) => Block[] {
  const blockOf = database.prepare(
    'SELECT * FROM outbox WHERE first_seq <= ? ORDER BY first_seq DESC LIMIT 1',
  );
  const blocksAfter = database.prepare('SELECT * FROM outbox WHERE first_seq > ? ORDER BY first_seq');
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
