import type {
  Batch,
  DeadEntry,
  Lost,
  OutboxLimits,
  OutboxProgress,
  OutboxStatus,
  ReceiverNote,
  Settled,
  Settlement,
  SinkPlace,
} from './outbox.ts';
import type { Count } from './transaction.ts';

/** The sinks of each outbox. */
export interface SinkNames {
  readonly samples: readonly string[];
  readonly traces: readonly string[];
}

/** How many samples, and how many spans, waited for sinks that are no more. */
export interface DroppedEntries {
  readonly samples: number;
  readonly traces: number;
}

/**
 * engine → push: entries to be pushed. What a transaction adds (`Additions`) is added once for all sinks; each
 * sink has its own position.
 */
export interface Outbox<Entry> {
  /** Entries of up to `limit` in weight, but at least one if any waits: none is ever split. */
  read(sink: string, limit: number): Promise<Batch<Entry>>;
  /** Moves the sink's position and counts the entries in between by their outcome, in one transaction. */
  settle(settlement: Settlement<Entry>): Promise<void>;
  place(sink: string): Promise<SinkPlace>;
  /** Notes what was learned about a receiver's process. Returns how many entries its restart concerns. */
  note(note: ReceiverNote): Promise<number>;
  /**
   * Removes the oldest entries while there are more than the limits allow, and counts them. Returns how many
   * were lost to a sink.
   */
  trim(limits: OutboxLimits): Promise<number>;
  status(): Promise<OutboxStatus[]>;
}

/** An outbox as it is stored. */
export interface StoredOutbox<Entry> extends Pick<Outbox<Entry>, 'read' | 'place' | 'status'> {
  /**
   * Moves the sink's position; `count` gets the number of entries passed. An earlier position moves nothing.
   */
  settle(settlement: Settlement<Entry>, count: Count<Settled>): Promise<void>;
  /** Moves the sink's positions; `count` gets how many entries a restart concerns. */
  note(note: ReceiverNote, count: Count<number>): Promise<number>;
  /**
   * Removes what all sinks are safely past, and the oldest entries while they were stored before `beforeMs`
   * or are larger than `maxBytes` in total; `count` and the caller get what each sink lost without having
   * sent it.
   */
  trim(limits: OutboxLimits, count: Count<readonly Lost[]>): Promise<readonly Lost[]>;
  progress(): Promise<OutboxProgress>;
  /** Latest first. */
  dead(limit: number): Promise<DeadEntry<Entry>[]>;
}
