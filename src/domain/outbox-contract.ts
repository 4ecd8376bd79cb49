import type {
  DeadSample,
  LostSamples,
  OutboxLimits,
  OutboxProgress,
  OutboxStatus,
  ReceiverNote,
  SampleBatch,
  Settled,
  Settlement,
  SinkPlace,
} from './outbox.ts';
import type { Count } from './transaction.ts';

/**
 * engine → push: samples to be pushed. `Additions.samples` are added once for all sinks; each sink has its
 * own position.
 */
export interface Outbox {
  /**
   * Gives these sinks, and no others, a position. A new sink begins with samples stored from now on; those
   * waiting for a removed one are deleted. Returns how many those were.
   */
  openOutbox(sinks: readonly string[]): Promise<number>;
  readSamples(sink: string, limit: number): Promise<SampleBatch>;
  /** Moves the sink's position and counts the samples in between by their outcome, in one transaction. */
  settleSamples(settlement: Settlement): Promise<void>;
  sinkPlace(sink: string): Promise<SinkPlace>;
  /** Notes what was learned about a receiver's process. Returns how many samples its restart concerns. */
  noteReceiver(note: ReceiverNote): Promise<number>;
  /**
   * Removes the oldest samples while there are more than the limits allow, and counts them. Returns how many
   * were lost to a sink.
   */
  trimOutbox(limits: OutboxLimits): Promise<number>;
  outboxStatus(): Promise<OutboxStatus[]>;
}

/** The outbox as it is stored. */
export interface StoredOutbox extends Omit<Outbox, 'settleSamples' | 'noteReceiver' | 'trimOutbox'> {
  /**
   * Moves the sink's position; `count` gets the number of samples passed. An earlier position moves nothing.
   */
  settleSamples(settlement: Settlement, count: Count<Settled>): Promise<void>;
  /** Moves the sink's positions; `count` gets how many samples a restart concerns. */
  noteReceiver(note: ReceiverNote, count: Count<number>): Promise<number>;
  /**
   * Removes what all sinks are safely past, and the oldest samples while they were stored before `beforeMs`
   * or are larger than `maxBytes` in total; `count` and the caller get what each sink lost without having
   * sent it.
   */
  trimOutbox(limits: OutboxLimits, count: Count<readonly LostSamples[]>): Promise<readonly LostSamples[]>;
  outboxProgress(): Promise<OutboxProgress>;
  /** Latest first. */
  deadSamples(limit: number): Promise<DeadSample[]>;
}
