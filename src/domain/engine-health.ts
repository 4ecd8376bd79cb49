import type { ParkedDelivery, QueueStatus } from './delivery.ts';
import type { SinkHealth } from './outbox.ts';
import type { ReplicaStatus } from './replica.ts';

/** How far the engine has come. Cheap enough to ask once a second. */
export interface EngineProgress {
  /** Grows with each transaction that may have changed a job or run. */
  readonly changes: number;
  readonly lastProcessedAtMs: number | null;
  /** When the oldest delivery was received that is not processed; null: all are. */
  readonly oldestUnprocessedMs: number | null;
  /** New deliveries that were stored since the database began. */
  readonly accepted: number;
}

/** What `/health` reports about the engine. */
export interface EngineHealth {
  readonly queue: QueueStatus;
  readonly parked: readonly ParkedDelivery[];
  readonly lastProcessedAtMs: number | null;
  readonly series: number;
  readonly sinks: readonly SinkHealth[];
  /** Another program reads and reads, and the log of the database grows. */
  readonly isLogHeld: boolean;
  /** All processes that share the store, when they were last looked at; none where it is this one's alone. */
  readonly replicas: readonly ReplicaStatus[];
  /** By how much at least the clock of the store that they share is ahead of this machine's; negative: behind. */
  readonly storeAheadMs: number;
}

/** What `/api/v1/status` reports about the engine on top of that. */
export interface EngineReport extends EngineHealth {
  /** Since the database began. */
  readonly deliveries: {
    readonly accepted: number;
    readonly duplicate: number;
    readonly ignored: number;
    readonly rejected: number;
    /** The bound of the bucket of the lag that 95 % of them are within; null: of none, or beyond all bounds. */
    readonly lagP95Ms: number | null;
  };
  /** Deliveries that had not arrived, and were fetched. */
  readonly recovered: number;
  readonly storedBytes: number;
  /** When the first job ended that the history knows; null: none has. */
  readonly beginsAtMs: number | null;
  /** Null: everything is kept. */
  readonly retentionMs: number | null;
  /** How many series a metric may have. */
  readonly maxSeries: number;
  readonly droppedIncrements: number;
}
