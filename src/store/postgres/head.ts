import { statement } from './statement.ts';

/** The weakest lock of a table that only one may have. It is kept until the transaction ends. */
export const LOCK_HEAD = statement('LOCK TABLE ONLY head IN SHARE UPDATE EXCLUSIVE MODE');

/**
 * SQL of a column of the last transaction. Each transaction adds a row instead of changing one: while a transaction of
 * somebody else stays open, every version of a row that was changed would have to be looked at.
 */
export function ofLast(column: string): string {
  return `(SELECT ${column} FROM changes ORDER BY seq DESC LIMIT 1)`;
}

/** Where an outbox ends, and how large it is. May be changed while the transaction is open. */
export interface OutboxEnd {
  /** The place of the next entry. */
  nextSeq: number;
  bytes: number;
}

/** The columns of `changes` that have it. */
export const END_COLUMNS = {
  samples: { nextSeq: 'next_sample_seq', bytes: 'outbox_bytes' },
  traces: { nextSeq: 'next_span_seq', bytes: 'trace_outbox_bytes' },
} as const;

/** What the last transaction left behind, and the row `head`. May be changed while the transaction is open. */
export interface Head {
  nextSeriesId: number;
  readonly samples: OutboxEnd;
  readonly traces: OutboxEnd;
  /** Facts of these hours are in `packed_hours`: from the first until before the last. */
  readonly packedFrom: number;
  readonly packedTo: number;
}

/** A transaction that no other one runs beside, once it is its turn. */
export interface Begun {
  readonly head: Head;
  /** By the clock of the database. */
  readonly nowMs: number;
}
