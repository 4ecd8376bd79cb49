import { EVENTS } from '../../domain/catalogue.ts';
import { isJobMetric, pairsOf } from '../../domain/job-numbers.ts';
import { namedLabels } from '../../domain/label-text.ts';
import type { LabelPair } from '../../domain/sample.ts';

const LABEL_NAMES: ReadonlyMap<string, readonly string[]> = new Map(
  Object.values(EVENTS).map(({ name, labels }) => [name, labels]),
);

/**
 * The labels of a sample as it is stored, with their names. For a metric that this version lacks, they are numbered.
 */
export function namedLabelsOf(metric: string, labels: readonly string[]): readonly LabelPair[] {
  return isJobMetric(metric) ? pairsOf(labels) : namedLabels(LABEL_NAMES.get(metric) ?? [], labels);
}
