import type { EventSample } from '../../domain/event-sample.ts';
import type { Batch, OutboxLimits, OutboxStatus } from '../../domain/outbox.ts';
import type { StoredOutbox } from '../../domain/outbox-contract.ts';
import { type BlockHead, endOf, fateOf } from '../outbox-rules.ts';
import { packSamples, unpackSamples } from '../packed-sample.ts';
import type { Connections } from './connections.ts';
import { latestDeadSamples } from './dead-samples.ts';
import { type Begun, type Head, ofLast } from './head.ts';
import { knownPlace, type NamedPlace, PLACE_COLUMNS } from './outbox-places.ts';
import type { Session } from './session.ts';
import { statement } from './statement.ts';

/*
 * The outbox is one list for all sinks: samples have places that only grow, without a gap, and each sink has the place
 * of its next one. So a sample is stored once, however many receivers there are. What all are safe to keep is removed
 * from the head.
 */

const APPEND = statement(
  'INSERT INTO outbox (first_seq, count, bytes, written_at_ms, samples) VALUES ($1, $2, $3, $4, $5)',
);
const HEADS = 'SELECT first_seq, count, bytes, written_at_ms FROM outbox';
const OLDEST = statement(`${HEADS} ORDER BY first_seq LIMIT $1`);
/** Of the blocks that all sinks are past once this one is safe up to a place. */
const SAFE = statement(
  `${HEADS} WHERE first_seq < (
     SELECT MIN(CASE name WHEN $1 THEN GREATEST(safe_seq, $2::bigint) ELSE safe_seq END) FROM sinks)
   ORDER BY first_seq LIMIT $3`,
);
const REMOVE = statement('DELETE FROM outbox WHERE first_seq <= $1');
const STATE = `${ofLast('next_sample_seq')} AS "endSeq"`;
const PROGRESS = statement(`SELECT MIN(next_seq) AS "nextSeq", ${STATE} FROM sinks`);
const PLACE = statement(`SELECT ${PLACE_COLUMNS} FROM sinks WHERE name = $1`);
/** The block that a place is in is the last one that begins at it or before. */
const BLOCK_OF_NEXT = `
  COALESCE((SELECT first_seq FROM outbox WHERE first_seq <= next_seq ORDER BY first_seq DESC LIMIT 1), 0)`;
const BLOCKS = statement(
  `SELECT ${PLACE_COLUMNS}, first_seq AS "firstSeq", samples
   FROM sinks LEFT JOIN outbox ON first_seq >= ${BLOCK_OF_NEXT} AND first_seq < next_seq + $2
     AND first_seq + count > next_seq
   WHERE name = $1 ORDER BY first_seq`,
);
const STATUS = statement(
  `SELECT ${PLACE_COLUMNS}, ${STATE}, (
     SELECT written_at_ms FROM outbox WHERE first_seq >= ${BLOCK_OF_NEXT} AND first_seq + count > next_seq
     ORDER BY first_seq LIMIT 1) AS "oldestMs"
   FROM sinks ORDER BY name`,
);
const OVER = statement(
  `SELECT first_seq, count, bytes, written_at_ms, ${ofLast('outbox_bytes')} AS "allBytes",
     (SELECT MIN(safe_seq) FROM sinks) AS "safeSeq"
   FROM outbox ORDER BY first_seq LIMIT 1`,
);

/** Removed with a batch, which is to be quick; a trim removes more. */
const REMOVED_BLOCKS = 250;

/** Sends the samples of a transaction; their places come from its head. */
export function appendSamples(
  session: Session,
  samples: readonly EventSample[],
  { head, nowMs }: Begun,
): void {
  if (samples.length === 0) return;
  const { text, bytes } = packSamples(samples);
  session.send(APPEND, [head.nextSampleSeq, samples.length, bytes, nowMs, text]);
  head.nextSampleSeq += samples.length;
  head.outboxBytes += bytes;
}

/** The blocks that may be removed once `sink` is safe up to that place, the oldest first. */
export function readSafeBlocks(session: Session, sink: string, safeSeq: number): Promise<BlockHead[]> {
  return session.rows<BlockHead>(SAFE, [sink, safeSeq, REMOVED_BLOCKS]);
}

export function readOldestBlocks(session: Session, limit: number = REMOVED_BLOCKS): Promise<BlockHead[]> {
  return session.rows<BlockHead>(OLDEST, [limit]);
}

/** Removes those of the oldest blocks that end before the place or at it. */
export function removeBlocks(
  session: Session,
  head: Head,
  oldest: readonly BlockHead[],
  safeSeq: number,
): void {
  const removed = oldest.filter((block) => endOf(block) <= safeSeq);
  const last = removed.at(-1);
  if (last === undefined) return;
  session.send(REMOVE, [last.first_seq]);
  for (const { bytes } of removed) head.outboxBytes -= bytes;
}

/** Whether there is anything to trim. */
export async function isOver(session: Session, limits: OutboxLimits): Promise<boolean> {
  type Row = BlockHead & { readonly allBytes: number; readonly safeSeq: number | null };
  const [oldest] = await session.rows<Row>(OVER);
  if (oldest === undefined) return false;
  const { allBytes, safeSeq } = oldest;
  return endOf(oldest) <= (safeSeq ?? endOf(oldest)) || fateOf(oldest, limits, allBytes) !== null;
}

type OutboxReader = Pick<StoredOutbox<EventSample>, 'read' | 'place' | 'status' | 'progress' | 'dead'>;

/** What only reads the outbox; each of it is one statement. */
export function openOutboxReader(connections: Pick<Connections, 'read'>): OutboxReader {
  const read: Connections['read'] = (work) => connections.read(work);
  return {
    read: (sink, limit) => read((session) => readBatch(session, sink, limit)),
    place: (sink) =>
      read(async (session) => {
        const [row] = await session.rows<NamedPlace>(PLACE, [sink]);
        const { nextSeq, takenSeq, safeSeq, process } = knownPlace(sink, row);
        return { nextSeq, takenSeq, safeSeq, process };
      }),
    status: () => read(readStatus),
    progress: () =>
      read(async (session) => {
        const [row] = await session.rows<{ nextSeq: number | null; endSeq: number }>(PROGRESS);
        const endSeq = row?.endSeq ?? 1;
        return { endSeq, settledSeq: Math.min(row?.nextSeq ?? endSeq, endSeq) };
      }),
    dead: (limit) => read((session) => latestDeadSamples(session, limit)),
  };
}

async function readBatch(session: Session, sink: string, limit: number): Promise<Batch<EventSample>> {
  type Row = NamedPlace & { readonly firstSeq: number | null; readonly samples: string };
  const rows = await session.rows<Row>(BLOCKS, [sink, limit]);
  const { nextSeq: from, takenSeq, firstSeq } = knownPlace(sink, rows[0]);
  const isRepeat = from < takenSeq;
  const samples = firstSeq === null ? [] : rows.flatMap((row) => unpackSamples(row.samples));
  const begin = from - (firstSeq ?? from);
  const count = isRepeat ? Math.min(limit, takenSeq - from) : limit;
  const batch = samples.slice(begin, begin + count);
  return { entries: batch, endSeq: from + batch.length, isRepeat };
}

async function readStatus(session: Session): Promise<OutboxStatus[]> {
  type Row = NamedPlace & { readonly endSeq: number; readonly oldestMs: number | null };
  const rows = await session.rows<Row>(STATUS);
  return rows.map(({ sink, nextSeq, takenSeq, safeSeq, endSeq, oldestMs }) => ({
    sink,
    waiting: endSeq - nextSeq,
    kept: takenSeq - safeSeq,
    oldestMs: nextSeq < endSeq ? oldestMs : null,
  }));
}
