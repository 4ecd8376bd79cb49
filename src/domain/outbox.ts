/*
 * The vocabulary of an outbox: entries that wait to be pushed, and how far each receiver (a sink) has come. There
 * are two: of samples, and of traces. An entry has a weight, which positions grow by: a sample 1, an entry of a
 * trace the number of its spans. So every number of an outbox is one of samples, or of spans.
 */

/** Entries that wait for one sink, in the order in which they were stored. */
export interface Batch<Entry> {
  readonly entries: readonly Entry[];
  /** The position in the outbox after the last of them. */
  readonly endSeq: number;
  /** The receiver took them already, and may have lost them since. */
  readonly isRepeat: boolean;
}

/** What happened to the entries up to `endSeq`. */
export interface Settlement<Entry = unknown> {
  readonly sink: string;
  readonly endSeq: number;
  readonly outcome: 'sent' | 'rejected';
  /** Entries that the receiver will never accept, kept for people to see. */
  readonly dead: readonly Entry[];
  readonly reason?: string;
  /** How many of those that were sent the receiver has refused nevertheless, for good, without saying which. */
  readonly rejectedCount?: number;
  /** The receiver may still lose them, so they stay stored until a `ReceiverNote` says otherwise. */
  readonly isKept: boolean;
}

/** How far a settlement has moved its sink. */
export interface Settled {
  readonly count: number;
  /** As `Batch.isRepeat`. */
  readonly isRepeat: boolean;
}

/** How far a sink has come. */
export interface SinkPlace {
  /** The position of the next entry to send. */
  readonly nextSeq: number;
  /** The receiver took what is before it. Beyond `nextSeq` only while entries are sent again. */
  readonly takenSeq: number;
  /** The receiver keeps what is before it, even if it crashes. */
  readonly safeSeq: number;
  /** What distinguishes the receiver's process from those before it; null: unknown. */
  readonly process: string | null;
}

/** What was learned about the process behind a sink. */
export interface ReceiverNote extends Pick<SinkPlace, 'safeSeq' | 'process'> {
  readonly sink: string;
  /**
   * It is another process than the one that took the entries from `safeSeq` on, which may be lost: they are
   * sent again, or given up where a repeated one would be stored twice. Null: it is the same.
   */
  readonly restart: 'repeat' | 'give_up' | null;
}

/** Which entries have waited too long, or take too much space. */
export interface OutboxLimits {
  /** When they were stored. */
  readonly beforeMs: number;
  /** Of all together. */
  readonly maxBytes: number;
}

/** What a sink will never get. */
export interface Lost {
  readonly sink: string;
  readonly outcome: 'expired' | 'overflow';
  readonly count: number;
  /** Of those, how many were to be sent again. */
  readonly repeats: number;
}

/** An entry that a receiver will never accept. */
export interface DeadEntry<Entry> {
  readonly sink: string;
  readonly rejectedAtMs: number;
  readonly reason: string;
  readonly entry: Entry;
}

export interface OutboxStatus {
  readonly sink: string;
  /** How many wait. */
  readonly waiting: number;
  /** How many the receiver took and may still lose. */
  readonly kept: number;
  readonly oldestMs: number | null;
}

export interface OutboxProgress {
  /** The position after the last stored entry. */
  readonly endSeq: number;
  /** All sinks are past the entries before this position. Without sinks, it is `endSeq`. */
  readonly settledSeq: number;
}

/** How pushing to one receiver is going. */
export interface SinkHealth extends Pick<OutboxStatus, 'sink' | 'oldestMs'> {
  /** What an entry consists of. */
  readonly unit: 'samples' | 'spans';
  /** How many of these wait. */
  readonly waiting: number;
  /** Since the start of this process. */
  readonly lastSentAtMs: number | null;
  readonly lastProblem: { readonly kind: string; readonly reason: string; readonly atMs: number } | null;
}
