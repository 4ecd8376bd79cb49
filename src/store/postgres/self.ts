import type { SinkNames } from '../../domain/outbox-contract.ts';

/** This process among those that use the database. */
export interface Self {
  /** Of its row in `replicas`, another one after it was taken for dead; 0: it has none. */
  id: number;
  /** The sinks that its configuration names. */
  sinks: SinkNames;
}
