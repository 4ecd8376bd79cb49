import type { CompatName } from '../compat/names.ts';
import { readGauges } from '../compat/read-gauges.ts';
import type { GaugeReading, Metric } from '../domain/metric.ts';
import type { Series } from '../metrics/sorted-series.ts';
import type { EngineRules } from './rules.ts';

/** A set of metrics under names of others, as of one moment. */
export interface CompatExposition {
  /** In the order of exposition. */
  readonly metrics: readonly Metric[];
  readonly readings: readonly GaugeReading[];
}

/** `readings`: ours, unreduced. A set that is not counted has nothing. */
export function compatExposition(
  name: CompatName,
  readings: readonly GaugeReading[],
  { compatSets, values: { metrics } }: Pick<EngineRules, 'compatSets' | 'values'>,
): CompatExposition {
  const set = compatSets.get(name);
  if (set === undefined) return { metrics: [], readings: [] };
  return {
    metrics: [...set.counted, ...set.gauges],
    readings: readGauges(set.gauges, readings, metrics),
  };
}

/** All series of one metric, with values in the exposed unit. */
export type FamilySnapshot =
  | { readonly metric: Metric; readonly kind: 'counter' | 'gauge'; readonly series: readonly ValueSnapshot[] }
  | { readonly metric: Metric; readonly kind: 'histogram'; readonly series: readonly HistogramSnapshot[] };

interface LabelledSeries {
  /** In the order of `metric.labels`. An empty one means that there is no such label. */
  readonly labels: readonly string[];
}

export interface ValueSnapshot extends LabelledSeries {
  readonly value: number;
  /** When it was first stored; null: unknown, or a gauge. */
  readonly createdAtMs: number | null;
}

export interface HistogramSnapshot extends LabelledSeries {
  readonly bounds: readonly number[];
  /** Of each bucket alone, the last without a bound. */
  readonly counts: readonly number[];
  readonly count: number;
  readonly sum: number;
  readonly createdAtMs: number | null;
}

/** The same as values, for protocols that are no text. Metrics without series are left out. */
export function familiesOf(
  { metrics, readings }: CompatExposition,
  { registry }: Pick<EngineRules, 'registry'>,
): FamilySnapshot[] {
  const read = Map.groupBy(readings, ({ metric }) => metric);
  return metrics.flatMap((metric): FamilySnapshot[] => {
    if (metric.type === 'gauge') {
      const series = (read.get(metric.name) ?? []).map(({ labels, value }) => ({
        ...{ labels, value },
        createdAtMs: null,
      }));
      return series.length === 0 ? [] : [{ metric, kind: 'gauge', series }];
    }
    const series = registry.seriesOf(metric);
    if (series.length === 0) return [];
    return metric.type === 'histogram'
      ? [{ metric, kind: 'histogram', series: series.map((each) => histogramOf(metric, each)) }]
      : [{ metric, kind: 'counter', series: series.map((each) => amountOf(metric, each)) }];
  });
}

function amountOf({ scale = 1 }: Metric, { values, cells, createdAtMs }: Series): ValueSnapshot {
  return { labels: values, value: (cells[0] ?? 0) / scale, createdAtMs };
}

function histogramOf(
  { scale = 1, buckets = [] }: Metric,
  { values, cells, createdAtMs }: Series,
): HistogramSnapshot {
  const counts = cells.slice(0, buckets.length + 1);
  return {
    labels: values,
    bounds: buckets.map((bound) => bound / scale),
    counts,
    count: counts.reduce((sum, each) => sum + each, 0),
    sum: (cells[buckets.length + 1] ?? 0) / scale,
    createdAtMs,
  };
}
