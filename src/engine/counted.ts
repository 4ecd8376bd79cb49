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

/** The bound of the bucket that the share `p` of all values is within; null: of none, or beyond all bounds. */
export function percentileBound(metric: Metric, counted: Counted, p: number): number | null {
  const bounds = metric.buckets ?? [];
  const series = counted.seriesOf(metric);
  const counts = [...bounds, null].map((_, at) =>
    series.reduce((sum, { cells }) => sum + (cells[at] ?? 0), 0),
  );
  const rank = Math.ceil(p * counts.reduce((sum, count) => sum + count, 0) - 1e-9);
  if (rank <= 0) return null;
  const within = (at: number) => counts.slice(0, at + 1).reduce((sum, count) => sum + count, 0);
  return bounds.find((_, at) => within(at) >= rank) ?? null;
}
