import { CONFIRMED_EVENT } from './asked.ts';
import type { AcceptOutcome, Delivery, FailedDelivery } from './delivery.ts';
import { countOf, type Increment } from './metric.ts';
import { SELF } from './own-metrics.ts';
import { REASON_EVENT } from './reason-delivery.ts';

/** Deliveries by outcome. */
export function arrivalCounts(arrived: readonly Delivery[], outcomes: readonly AcceptOutcome[]): Increment[] {
  return arrived.flatMap(({ event, action, source }, index) => {
    const outcome = outcomes[index] ?? 'accepted';
    const count = countOf(SELF.deliveries, [event, action, outcome]);
    const isRecovered =
      outcome === 'accepted' && (source === 'redelivery' || source === 'api') && !isAnswer(event);
    return isRecovered ? [count, countOf(SELF.recoveredDeliveries, [source])] : [count];
  });
}

/** GitHub was asked, and nothing had been lost. */
function isAnswer(event: string): boolean {
  return event === CONFIRMED_EVENT || event === REASON_EVENT;
}

/** Failed attempts by what comes next. */
export function failureCounts(failed: readonly FailedDelivery[]): Increment[] {
  return failed.map(({ retryAtMs }) =>
    countOf(SELF.processingFailures, [retryAtMs === undefined ? 'parked' : 'retry']),
  );
}
