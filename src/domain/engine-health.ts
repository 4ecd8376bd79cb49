import type { ParkedDelivery, QueueStatus } from './delivery.ts';
import type { SinkHealth } from './outbox.ts';

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
}
