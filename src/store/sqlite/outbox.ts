import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { EventSample } from '../../domain/event-sample.ts';
import type {
  LostSamples,
  OutboxLimits,
  OutboxProgress,
  OutboxStatus,
  SampleBatch,
  Settlement,
} from '../../domain/outbox.ts';
import { type DeadSampleTable, openDeadSamples } from './dead-samples.ts';
import { OutboxTotals, SinkPlaces } from './outbox-places.ts';
import { packSamples, unpackSamples } from './packed-sample.ts';

/*
 * The outbox is one list for all sinks: samples have places that only grow, and each sink has the place of
 * its next one. So a sample is stored once, however many receivers there are, and what all have passed is
 * removed from the head.
 */

interface BlockHead {
  first_seq: number;
  count: number;
  bytes: number;
  written_at_ms: number;
}

interface Block extends BlockHead {
  samples: string;
}

/** Removed at once by a trim; the next one goes on. */
const TRIMMED_BLOCKS = 1000;

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
      'DELETE FROM outbox WHERE first_seq < ? AND first_seq + count <= ? RETURNING bytes',
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

  /** As `StoredOutbox.openOutbox`. */
  keepSinks(sinks: readonly string[]): number {
    const { nextSeq } = this.#totals.now;
    const lost = this.#places.keep(sinks, nextSeq);
    this.#removePassed(sinks.length === 0 ? nextSeq : this.#places.least());
    return lost;
  }

  read(sink: string, limit: number): SampleBatch {
    const from = this.#places.of(sink);
    const rows = this.#readBlocks(from, limit);
    const samples = rows
      .flatMap((row) => unpackSamples(row.samples))
      .slice(from - (rows[0]?.first_seq ?? from));
    const taken = samples.slice(0, limit);
    return { samples: taken, endSeq: from + taken.length };
  }

  /** Returns how many samples the sink has passed. */
  settle({ sink, endSeq, dead, reason = '' }: Settlement, nowMs: number): number {
    const from = this.#places.of(sink);
    if (endSeq <= from) return 0;
    this.#places.move(sink, endSeq);
    this.#removePassed(this.#places.least());
    for (const sample of dead) this.dead.add({ ...sample, sink, rejectedAtMs: nowMs, reason });
    return endSeq - from;
  }

  /** Whether there is anything to trim. */
  isOver(limits: OutboxLimits): boolean {
    return this.#oldestBlocks(1).some((block) => fateOf(block, limits, this.#totals.now.bytes) !== null);
  }

  trim(limits: OutboxLimits): LostSamples[] {
    const lost: LostSamples[] = [];
    for (const row of this.#oldestBlocks(TRIMMED_BLOCKS)) {
      const outcome = fateOf(row, limits, this.#totals.now.bytes);
      if (outcome === null) break;
      const endSeq = row.first_seq + row.count;
      for (const { sink, count } of this.#places.pass(endSeq)) lost.push({ sink, outcome, count });
      this.#removePassed(endSeq);
    }
    return lost;
  }

  status(): OutboxStatus[] {
    const endSeq = this.#totals.now.nextSeq;
    return this.#places.all().map(({ sink, nextSeq }) => {
      const [oldest] = nextSeq < endSeq ? this.#readBlocks(nextSeq, 1) : [];
      return { sink, samples: endSeq - nextSeq, oldestMs: oldest?.written_at_ms ?? null };
    });
  }

  progress(): OutboxProgress {
    const { nextSeq } = this.#totals.now;
    return { endSeq: nextSeq, settledSeq: Math.min(this.#places.least(), nextSeq) };
  }

  /** To be called when a transaction is undone: what was counted of it is not so. */
  forgetCounts(): void {
    this.#totals.forget();
    this.#places.forget();
  }

  /** Removes the blocks that end at or before the place. */
  #removePassed(seq: number): void {
    const { now } = this.#totals;
    for (const row of this.#removeTo.all(seq, seq)) now.bytes -= Number(row['bytes']);
  }
}

function openOldest(database: DatabaseSync): (count: number) => BlockHead[] {
  const oldest = database.prepare(
    'SELECT first_seq, count, bytes, written_at_ms FROM outbox ORDER BY first_seq LIMIT ?',
  );
  return (count) => oldest.all(count) as unknown as BlockHead[];
}

/** Why a block has to go, the oldest of so many bytes; null: it may stay. */
function fateOf(
  { written_at_ms }: BlockHead,
  { beforeMs, maxBytes }: OutboxLimits,
  bytes: number,
): 'expired' | 'overflow' | null {
  if (written_at_ms < beforeMs) return 'expired';
  return bytes > maxBytes ? 'overflow' : null;
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
