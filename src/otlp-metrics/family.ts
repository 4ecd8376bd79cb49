import type { GaugeReading, Metric } from '../domain/metric.ts';
import type { Series } from '../metrics/sorted-series.ts';

/** One of our metrics with its series, on its way to OTLP. */
export interface OtlpFamily {
  readonly metric: Metric;
  /** The cells in them still change. */
  readonly series: readonly OtlpSeries[];
}

export type OtlpSeries = Pick<Series, 'values' | 'cells' | 'createdAtMs'>;

/** The series of counters and histograms, and those of gauges as they were read. */
export function familyOf(
  metric: Metric,
  series: readonly OtlpSeries[],
  readings: readonly GaugeReading[],
): OtlpFamily {
  if (metric.type !== 'gauge') return { metric, series };
  const read = readings.filter((reading) => reading.metric === metric.name);
  return {
    metric,
    series: read.map(({ labels, value }) => ({ values: labels, cells: [value], createdAtMs: null })),
  };
}
