import type { CompatName } from '../compat/names.ts';
import { readGauges } from '../compat/read-gauges.ts';
import type { GaugeReading, Metric } from '../domain/metric.ts';
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
