import { labelValues } from '../domain/label-value.ts';
import type { Fact } from '../domain/lifecycle/fact.ts';
import type { Measure } from '../domain/measure.ts';
import { countOf, histogramIncrements, type Increment } from '../domain/metric.ts';
import { type Amount, type CountedMetric, fits, type Source, valuesOf } from './old-metric.ts';
import { type WordOptions, type Words, wordsOf } from './words.ts';

interface Step {
  readonly metric: CountedMetric;
  readonly source: Source;
}

/** What facts add to these metrics. */
export function createCompatMeasure(metrics: readonly CountedMetric[], options: WordOptions): Measure {
  const steps = Map.groupBy(
    metrics.flatMap((metric) => metric.from.map((source): Step => ({ metric, source }))),
    ({ source }) => source.fact,
  );
  return (fact) => {
    const due = steps.get(fact.kind);
    if (due === undefined) return [];
    const words = wordsOf(fact, options);
    return due.flatMap((step) => incrementsOf(step, fact, words));
  };
}

function incrementsOf({ metric, source }: Step, fact: Fact, words: Words): Increment[] {
  const amount = amountOf(fact, source.add ?? 'one');
  if (amount === null || !fits(words, source.where)) return [];
  const labels = labelValues(valuesOf(metric.labels, words, source));
  return metric.type === 'histogram'
    ? histogramIncrements(metric, labels, amount)
    : [countOf(metric, labels, amount)];
}

function amountOf(fact: Fact, add: Amount): number | null {
  if (add === 'one') return 1;
  const amount = (fact as Readonly<Partial<Record<Amount, number | null>>>)[add];
  return amount ?? null;
}
