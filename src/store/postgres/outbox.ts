import type { EventSample } from '../../domain/event-sample.ts';
import type { Batch, OutboxLimits, OutboxProgress, OutboxStatus, SinkPlace } from '../../domain/outbox.ts';
import type { TraceEntry } from '../../domain/trace-entry.ts';
import { type OutboxContent, SAMPLES, TRACES } from '../outbox-content.ts';
import { type BlockHead, batchFrom, endOf, fateOf, weigh } from '../outbox-rules.ts';
import { type DeadTable, deadTable } from './dead-entries.ts';
import type { Begun, Head, OutboxEnd } from './head.ts';
import { knownPlace, type NamedPlace, placeStatements, SinkPlaces } from './outbox-places.ts';
import { outboxStatements } from './outbox-statements.ts';
import type { Session } from './session.ts';

/*
 * An outbox is one list for all sinks: entries have places that only grow, without a gap, and each sink has the place
 * of its next one. So an entry is stored once, however many receivers there are. What all are safe to keep is removed
 * from the head.
 */

/** Removed with a batch, which is to be quick; a trim removes more. */
const REMOVED_BLOCKS = 250;

export class OutboxTables<Entry> {
  readonly dead: DeadTable<Entry>;
  /** Of the head. */
  readonly #name: 'samples' | 'traces';
  readonly #content: OutboxContent<Entry>;
  readonly #unpacking: ReturnType<OutboxContent<Entry>['openUnpacking']>;
  readonly #sql: ReturnType<typeof outboxStatements>;
  readonly #placeSql: ReturnType<typeof placeStatements>;

  constructor(name: 'samples' | 'traces', content: OutboxContent<Entry>) {
    this.#name = name;
    this.#content = content;
    this.#unpacking = content.openUnpacking();
    this.dead = deadTable(content);
    this.#sql = outboxStatements(name, content);
    this.#placeSql = placeStatements(content);
  }

  endIn(head: Head): OutboxEnd {
    return head[this.#name];
  }

  places(session: Session): Promise<SinkPlaces> {
    return SinkPlaces.read(session, this.#placeSql);
  }

  /** Sends the entries of a transaction; their places come from its head. */
  append(session: Session, entries: readonly Entry[], { head, nowMs }: Begun): void {
    if (entries.length === 0) return;
    const end = this.endIn(head);
    const text = this.#content.pack(entries);
    const bytes = Buffer.byteLength(text);
    const count = weigh(entries, this.#content.weightOf);
    session.send(this.#sql.append, [end.nextSeq, count, bytes, nowMs, text]);
    end.nextSeq += count;
    end.bytes += bytes;
  }

  /** The blocks that may be removed once `sink` is safe up to that place, the oldest first. */
  safeBlocks(session: Session, sink: string, safeSeq: number): Promise<BlockHead[]> {
    return session.rows<BlockHead>(this.#sql.safe, [sink, safeSeq, REMOVED_BLOCKS]);
  }

  oldestBlocks(session: Session, limit: number = REMOVED_BLOCKS): Promise<BlockHead[]> {
    return session.rows<BlockHead>(this.#sql.oldest, [limit]);
  }

  /** Removes those of the oldest blocks that end before the place or at it. */
  remove(session: Session, head: Head, oldest: readonly BlockHead[], safeSeq: number): void {
    const removed = oldest.filter((block) => endOf(block) <= safeSeq);
    const last = removed.at(-1);
    if (last === undefined) return;
    session.send(this.#sql.remove, [last.first_seq]);
    for (const { bytes } of removed) this.endIn(head).bytes -= bytes;
  }

  /** Whether there is anything to trim. */
  async isOver(session: Session, limits: OutboxLimits): Promise<boolean> {
    type Row = BlockHead & { readonly allBytes: number; readonly safeSeq: number | null };
    const [oldest] = await session.rows<Row>(this.#sql.over);
    if (oldest === undefined) return false;
    const { allBytes, safeSeq } = oldest;
    return endOf(oldest) <= (safeSeq ?? endOf(oldest)) || fateOf(oldest, limits, allBytes) !== null;
  }

  async read(session: Session, sink: string, most: number): Promise<Batch<Entry>> {
    type Row = NamedPlace & { readonly firstSeq: number | null; readonly entries: string };
    const rows = await session.rows<Row>(this.#sql.blocks, [sink, most]);
    const { nextSeq: from, takenSeq, firstSeq } = knownPlace(sink, rows[0]);
    const isRepeat = from < takenSeq;
    const limit = isRepeat ? Math.min(most, takenSeq - from) : most;
    const { weightOf } = this.#content;
    const entries = firstSeq === null ? [] : rows.flatMap((row) => this.#unpacking.unpack(row.entries));
    return { ...batchFrom(entries, { firstSeq: firstSeq ?? from, from, limit }, weightOf), isRepeat };
  }

  async place(session: Session, sink: string): Promise<SinkPlace> {
    const [row] = await session.rows<NamedPlace>(this.#sql.place, [sink]);
    const { nextSeq, takenSeq, safeSeq, process } = knownPlace(sink, row);
    return { nextSeq, takenSeq, safeSeq, process };
  }

  async status(session: Session): Promise<OutboxStatus[]> {
    type Row = NamedPlace & { readonly endSeq: number; readonly oldestMs: number | null };
    const rows = await session.rows<Row>(this.#sql.status);
    return rows.map(({ sink, nextSeq, takenSeq, safeSeq, endSeq, oldestMs }) => ({
      sink,
      waiting: endSeq - nextSeq,
      kept: takenSeq - safeSeq,
      oldestMs: nextSeq < endSeq ? oldestMs : null,
    }));
  }

  async progress(session: Session): Promise<OutboxProgress> {
    const [row] = await session.rows<{ nextSeq: number | null; endSeq: number }>(this.#sql.progress);
    const endSeq = row?.endSeq ?? 1;
    return { endSeq, settledSeq: Math.min(row?.nextSeq ?? endSeq, endSeq) };
  }
}

/** Their statements are the same in every store. */
export const SAMPLE_TABLES: OutboxTables<EventSample> = new OutboxTables('samples', SAMPLES);
export const TRACE_TABLES: OutboxTables<TraceEntry> = new OutboxTables('traces', TRACES);
