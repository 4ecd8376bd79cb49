import type { Metric } from '../domain/metric.ts';
import { SELF } from '../domain/own-metrics.ts';
import type { Registry } from '../metrics/registry.ts';

/*
 * Sums over stored series, for what the service says of itself.
 */

export type Counted = Pick<Registry, 'seriesOf'>;
export type DeliveryOutcome = 'accepted' | 'duplicate' | 'ignored' | 'rejected';

/**
 * Deliveries with that outcome since the database began. Where the operator drops the label, all count as
 * accepted.
 */
export function deliveriesWith(outcome: DeliveryOutcome, counted: Counted): number {
  const at = SELF.deliveries.labels.indexOf('outcome');
  return sumOf(SELF.deliveries, counted, (labels) => (labels[at] || 'accepted') === outcome);
}

/** The sum of a counter, over all series or those whose label values fit. */
export function sumOf(
  metric: Metric,
  counted: Counted,
  fits: (labels: readonly string[]) => boolean = () => true,
): number {
  return counted
    .seriesOf(metric)
    .filter(({ values }) => fits(values))
    .reduce((sum, { cells }) => sum + (cells[0] ?? 0), 0);
}
