import type { Clock } from '../../src/domain/contracts.ts';
import type { SimulatedDelivery } from '../deliveries.ts';
import type { Outcome } from '../signed-request.ts';

/** One attempt to deliver. */
export interface LoggedDelivery {
  readonly id: number;
  readonly delivery: SimulatedDelivery;
  readonly deliveredMs: number;
  readonly redelivery: boolean;
  readonly outcome: Outcome;
}

/** What GitHub remembers about the webhooks it sent, for three days. */
export interface DeliveryLog {
  /** `deliveredMs` is when it was sent, by the clock of the log; by default the delivery's own time. */
  record(delivery: SimulatedDelivery, outcome: Outcome, deliveredMs?: number): void;
  /** Records that the receiver could not be reached. */
  recordLost(delivery: SimulatedDelivery, deliveredMs?: number): void;
  /** Newest first. */
  entries(): readonly LoggedDelivery[];
}

/** https://docs.github.com/en/webhooks/testing-and-troubleshooting-webhooks/viewing-webhook-deliveries */
const RETENTION_MS = 3 * 86_400_000;
const FIRST_ID = 190_000_000_000;

const UNREACHED: Outcome = { status: null, error: 'ECONNREFUSED', tookMs: 0, headers: {}, body: '' };

/**
 * @param clock The receiver's clock: recovery compares its own times with when they were sent.
 */
export function createDeliveryLog(clock: Clock): DeliveryLog {
  /** Oldest first. */
  const kept: LoggedDelivery[] = [];
  const guids = new Set<string>();
  let recorded = 0;
  const forget = () => {
    const isOld = (each: LoggedDelivery) => each.deliveredMs < clock() - RETENTION_MS;
    const place = kept.findIndex((each) => !isOld(each));
    for (const { delivery } of kept.splice(0, place === -1 ? kept.length : place))
      guids.delete(delivery.guid);
  };
  const record = (delivery: SimulatedDelivery, outcome: Outcome, deliveredMs = delivery.atMs) => {
    forget();
    const redelivery = guids.has(delivery.guid);
    guids.add(delivery.guid);
    // Responses arrive almost in the order of sending.
    const place = kept.findLastIndex((each) => each.deliveredMs <= deliveredMs) + 1;
    kept.splice(place, 0, { id: FIRST_ID + recorded++, delivery, deliveredMs, redelivery, outcome });
  };
  return {
    record,
    recordLost: (delivery, deliveredMs) => record(delivery, UNREACHED, deliveredMs),
    entries() {
      forget();
      return kept.filter((each) => each.deliveredMs <= clock()).reverse();
    },
  };
}

/** In GitHub's words; only `OK` means delivered. */
export function statusText({ status, error }: Outcome): string {
  if (status === null) return error === 'ETIMEDOUT' ? 'timed out' : 'failed to connect to host';
  return isDelivered(status) ? 'OK' : `Invalid HTTP Response: ${status}`;
}

function isDelivered(status: number): boolean {
  return status >= 200 && status <= 299;
}
