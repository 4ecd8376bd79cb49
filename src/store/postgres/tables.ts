import type { EventSample } from '../../domain/event-sample.ts';
import type { HistoryRecords } from '../../domain/history.ts';
import type { JobNumber } from '../../domain/observation.ts';
import type { DeliveryQueue } from './deliveries.ts';
import type { Begun } from './head.ts';
import type { SeenRepositories } from './recovery.ts';
import type { Session } from './session.ts';

/*
 * What the database holds. Most tables are functions that take a `Session`; these keep something in memory as well.
 * Where a method answers `() => void`, that is to be called once the transaction is committed.
 */
export interface Tables {
  readonly deliveries: DeliveryQueue;
  readonly seenRepositories: SeenRepositories;
  readonly outbox: OutboxWriter;
  readonly jobNumbers: JobNumberWriter;
  readonly history: HistoryWriter;
}

export interface OutboxWriter {
  /** Asked at the beginning of a transaction: the least `next_seq` of all sinks; infinity if there are none. */
  leastNextSeq(session: Session): Promise<number>;
  /** Sends the samples, and moves the head. */
  append(session: Session, samples: readonly EventSample[], begun: Begun): void;
}

export interface JobNumberWriter {
  add(session: Session, numbers: readonly JobNumber[]): void;
  remove(session: Session, series: readonly Pick<JobNumber, 'metric' | 'labels'>[]): void;
  read(session: Session): Promise<JobNumber[]>;
}

export interface HistoryWriter {
  /** Before `add`, in the same transaction: finds the numbers of names, and makes those of new ones. */
  prepare(session: Session, records: HistoryRecords): Promise<void>;
  /** Sends the records. */
  add(session: Session, records: HistoryRecords): () => void;
}
