import type { LabelPatterns } from '../domain/label-patterns.ts';
import { OTHER_LABEL } from '../domain/label-policy.ts';
import { labelValues } from '../domain/label-value.ts';
import type { GaugeReading } from '../domain/metric.ts';
import type { OldGauge } from './old-metric.ts';
import { wordsOfReading } from './reading-words.ts';

/**
 * The gauges of other exporters, from readings of ours: at most `maxSeries` for each; the rest goes to one series whose
 * label values are all `__other__`.
 */
export function readGauges(
  gauges: readonly OldGauge[],
  readings: readonly GaugeReading[],
  { labelPatterns, maxSeries }: { readonly labelPatterns: LabelPatterns; readonly maxSeries: number },
): GaugeReading[] {
  const words = (reading: GaugeReading) => wordsOfReading(reading, labelPatterns);
  return gauges.flatMap((gauge) => {
    const sums = new Map<string, GaugeReading>();
    for (const { metric, labels, value } of gauge.read(readings, words)) {
      const own = labelValues(labels);
      const isOver = sums.size >= maxSeries && labels.length > 0 && !sums.has(own.join('\0'));
      const kept = isOver ? own.map((text) => (text === '' ? '' : OTHER_LABEL)) : own;
      const key = kept.join('\0');
      sums.set(key, { metric, labels: kept, value: (sums.get(key)?.value ?? 0) + value });
    }
    return [...sums.values()];
  });
}
