import { metricNamed } from '../domain/catalogue.ts';
import { foldedLabels, type LabelPatterns } from '../domain/label-patterns.ts';
import { type LabelPolicy, otherLabels, reduceLabels } from '../domain/label-policy.ts';
import type { GaugeReading, Metric } from '../domain/metric.ts';

const COMBINE = {
  sum: (a: number, b: number) => a + b,
  min: Math.min,
  max: Math.max,
} as const satisfies Record<NonNullable<Metric['combine']>, (a: number, b: number) => number>;

export interface ReadingsShape {
  readonly labelPolicy: LabelPolicy;
  readonly labelPatterns?: LabelPatterns;
  readonly maxSeries: number;
}

/**
 * Readings as they are shown: without the labels that the policy drops, and at most `maxSeries` for each
 * metric; the rest goes to one series whose label values are all `__other__`. Readings with the same labels
 * become one.
 */
export function shapeReadings(
  readings: readonly GaugeReading[],
  { labelPolicy, labelPatterns, maxSeries }: ReadingsShape,
): GaugeReading[] {
  const shaped = new Map<string, Map<string, GaugeReading>>();
  for (const { metric, labels, value } of readings) {
    const ofMetric = shaped.get(metric) ?? new Map<string, GaugeReading>();
    shaped.set(metric, ofMetric);
    const folded = foldedLabels(labelPatterns, metricNamed(metric)?.labels ?? [], labels);
    const reduced = reduceLabels(labelPolicy, metric, folded);
    const isOver = ofMetric.size >= maxSeries && labels.length > 0 && !ofMetric.has(keyOf(reduced));
    const kept = isOver ? otherLabels(metricNamed(metric)?.labels ?? [], reduced) : reduced;
    const before = ofMetric.get(keyOf(kept));
    const combine = COMBINE[metricNamed(metric)?.combine ?? 'sum'];
    ofMetric.set(keyOf(kept), {
      metric,
      labels: kept,
      value: before === undefined ? value : combine(before.value, value),
    });
  }
  return [...shaped.values()].flatMap((ofMetric) => [...ofMetric.values()]);
}

function keyOf(labels: readonly string[]): string {
  return labels.join('\0');
}
