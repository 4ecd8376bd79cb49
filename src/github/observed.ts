import type { Delivery } from '../domain/delivery.ts';
import { type Json, objectOf, textOf } from './fields.ts';
import type { PayloadTimes } from './payload-times.ts';

/** What every observation says. */
export function observedOf(delivery: Delivery, payload: Json, times: PayloadTimes) {
  return {
    source: delivery.source,
    observedAtMs: observedAtMsOf(delivery, times),
    repository: textOf(objectOf(payload['repository'])?.['full_name']) ?? 'unknown',
  };
}

function observedAtMsOf({ receivedAtMs }: Delivery, times: PayloadTimes): number {
  const { madeAtMs } = times;
  return madeAtMs === null || !times.hasPassed(madeAtMs) ? receivedAtMs : madeAtMs;
}
