import type { ParkedDelivery, QueueStatus } from './delivery.ts';
import type { SinkHealth } from './outbox.ts';

/** What `/health` reports about the engine. */
export interface EngineHealth {
  readonly queue: QueueStatus;
  readonly parked: readonly ParkedDelivery[];
  readonly lastProcessedAtMs: number | null;
  readonly series: number;
  readonly sinks: readonly SinkHealth[];
}
