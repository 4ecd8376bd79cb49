import type { Store } from '../../src/domain/contracts.ts';
import type { Delivery } from '../../src/domain/delivery.ts';
import type { Increment } from '../../src/domain/metric.ts';

/** The time of every test that does not choose its own. */
export const NOW = Date.UTC(2026, 10, 23, 12);

/** One behaviour, on a database of its own: `open` may be called again once the last store is closed. */
export type StoreCase = (open: (clock?: () => number) => Store, stored: Increment[]) => Promise<void>;

export function delivery(guid: string, over: Partial<Delivery> = {}): Delivery {
  return {
    guid,
    event: 'workflow_job',
    action: 'queued',
    source: 'webhook',
    receivedAtMs: NOW,
    payload: '{}',
    ...over,
  };
}
