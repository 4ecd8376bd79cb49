import type { DatabaseSync } from 'node:sqlite';
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
import { openPlaces, openTotals } from './outbox-places.ts';
import { packSamples, unpackSamples } from './packed-sample.ts';

/*
 * The outbox is one list for all sinks: samples have places that only grow, and each sink has the place of
 * its next one. So a sample is stored once, however many receivers there are, and what all have passed is
 * removed from the head.
 */

/** Every method runs inside of the caller's transaction, but for those that only read. */
export interface OutboxTables {
  append(samples: readonly EventSample[], nowMs: number): void;
  keepSinks(sinks: readonly string[]): number;
  read(sink: string, limit: number): SampleBatch;
  /** Answers how many samples the sink has passed. */
  settle(settlement: Settlement, nowMs: number): number;
  /** Whether there is anything to trim. */
  isOver(limits: OutboxLimits): boolean;
  trim(limits: OutboxLimits): LostSamples[];
  status(): OutboxStatus[];
  progress(): OutboxProgress;
  readonly dead: DeadSampleTable;
  /** To be called when a transaction is undone: what was counted of it is not so. */
  forgetCounts(): void;
}

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

export function openOutbox(database: DatabaseSync): OutboxTables {
  const dead = openDeadSamples(database);
  const insert = database.prepare('INSERT INTO outbox VALUES (?, ?, ?, ?, ?)');
  const readBlocks = openBlocks(database);
  const oldestBlocks = openOldest(database);
  const removeTo = database.prepare(
    'DELETE FROM outbox WHERE first_seq < ? AND first_seq + count <= ? RETURNING bytes',
  );
  const places = openPlaces(database);
  const totals = openTotals(database);

  /** Removes the blocks that end at or before the place. */
  function removePassed(seq: number): void {
    const { now } = totals;
    for (const row of removeTo.all(seq, seq)) now.bytes -= Number(row['bytes']);
  }

  function progress(): OutboxProgress {
    const { nextSeq } = totals.now;
    return { endSeq: nextSeq, settledSeq: Math.min(places.least(), nextSeq) };
  }

  return {
    dead,
    append(samples, nowMs) {
      if (samples.length === 0) return;
      const { text, bytes } = packSamples(samples);
      insert.run(totals.now.nextSeq, samples.length, bytes, nowMs, text);
      totals.now.nextSeq += samples.length;
      totals.now.bytes += bytes;
    },
    keepSinks(sinks) {
      const lost = places.keep(sinks, totals.now.nextSeq);
      removePassed(sinks.length === 0 ? totals.now.nextSeq : places.least());
      return lost;
    },
    read(sink, limit) {
      const from = places.of(sink);
      const rows = readBlocks(from, limit);
      const samples = rows
        .flatMap((row) => unpackSamples(row.samples))
        .slice(from - (rows[0]?.first_seq ?? from));
      const taken = samples.slice(0, limit);
      return { samples: taken, endSeq: from + taken.length };
    },
    settle({ sink, endSeq, dead: refused, reason }, nowMs) {
      const from = places.of(sink);
      if (endSeq <= from) return 0;
      places.move(sink, endSeq);
      removePassed(places.least());
      for (const sample of refused) dead.add({ ...sample, sink, rejectedAtMs: nowMs, reason: reason ?? '' });
      return endSeq - from;
    },
    isOver: (limits) => oldestBlocks(1).some((block) => fateOf(block, limits, totals.now.bytes) !== null),
    trim(limits) {
      const lost: LostSamples[] = [];
      for (const row of oldestBlocks(TRIMMED_BLOCKS)) {
        const outcome = fateOf(row, limits, totals.now.bytes);
        if (outcome === null) break;
        const endSeq = row.first_seq + row.count;
        for (const { sink, count } of places.pass(endSeq)) lost.push({ sink, outcome, count });
        removePassed(endSeq);
      }
      return lost;
    },
    status: () => places.all().map((place) => statusOf(place, totals.now.nextSeq, readBlocks)),
    progress,
    forgetCounts() {
      totals.forget();
      places.forget();
    },
  };
}

function statusOf(
  { sink, nextSeq }: { readonly sink: string; readonly nextSeq: number },
  endSeq: number,
  readBlocks: ReturnType<typeof openBlocks>,
): OutboxStatus {
  const [oldest] = nextSeq < endSeq ? readBlocks(nextSeq, 1) : [];
  return { sink, samples: endSeq - nextSeq, oldestMs: oldest?.written_at_ms ?? null };
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
