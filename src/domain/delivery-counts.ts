import { CONFIRMED_EVENT } from './asked.ts';
import type { AcceptOutcome, Delivery, FailedDelivery } from './delivery.ts';
import { countOf, type Increment, IncrementSums } from './metric.ts';
import { SELF } from './own-metrics.ts';
import { REASON_EVENT } from './reason-delivery.ts';

/** Deliveries by outcome: one increment per kind of delivery, not per delivery. */
export function arrivalCounts(arrived: readonly Delivery[], outcomes: readonly AcceptOutcome[]): Increment[] {
  const sums = new IncrementSums();
  for (const [index, { event, action, source }] of arrived.entries()) {
    const outcome = outcomes[index] ?? 'accepted';
    sums.add([countOf(SELF.deliveries, [event, action, outcome])]);
    const isRecovered =
      outcome === 'accepted' && (source === 'redelivery' || source === 'api') && !isAnswer(event);
    if (isRecovered) sums.add([countOf(SELF.recoveredDeliveries, [source])]);
  }
  return sums.take();
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
