import { createCompatMeasure } from '../../src/compat/count.ts';
import type { CompatName } from '../../src/compat/names.ts';
import type { CountedMetric } from '../../src/compat/old-metric.ts';
import { setWith } from '../../src/compat/sets.ts';
import type { Measure } from '../../src/domain/measure.ts';
import { DURATION_BUCKETS_MS, type GaugeReading } from '../../src/domain/metric.ts';
import { compatExposition } from '../../src/engine/compat.ts';
import type { EngineRules } from '../../src/engine/rules.ts';
import { renderExposition } from '../../src/metrics/exposition.ts';
import type { Registry } from '../../src/metrics/registry.ts';

/** Sets of metrics under names of others, in a pipeline of a test. */
export interface CompatParts {
  readonly counted: readonly CountedMetric[];
  /** Null: no sets. */
  readonly measure: Measure | null;
  textOf(name: CompatName, readings: readonly GaugeReading[], registry: Registry): Promise<string>;
}

export function compatParts(names: readonly CompatName[], maxSeries: number): CompatParts {
  const compatSets = new Map(names.map((name) => [name, setWith(name, DURATION_BUCKETS_MS)]));
  const counted = [...compatSets.values()].flatMap((set) => set.counted);
  const metrics = { labelPatterns: new Map(), maxSeries };
  const values = { metrics } as unknown as EngineRules['values'];
  return {
    counted,
    measure:
      names.length === 0
        ? null
        : createCompatMeasure(counted, { labelPatterns: new Map(), branches: [], fullJobNames: false }),
    async textOf(name, readings, registry) {
      const { metrics: shown, ...read } = compatExposition(name, readings, { compatSets, values });
      const source = { registry: registry.only(shown), ...read, format: 'text' } as const;
      return Buffer.from(await renderExposition(source)).toString();
    },
  };
}
