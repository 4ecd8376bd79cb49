import { EVENTS } from '../../domain/catalogue.ts';
import type { EventSample } from '../../domain/event-sample.ts';
import { isJobMetric, pairsOf } from '../../domain/job-numbers.ts';
import { namedLabels } from '../../domain/label-text.ts';
import type { LabelPair, Sample } from '../../domain/sample.ts';
import type { Receiver } from '../receiver.ts';
import { BySeries } from './by-series.ts';
import type { SampleReceiver } from './sample-receiver.ts';

const LABEL_NAMES: ReadonlyMap<string, readonly string[]> = new Map(
  Object.values(EVENTS).map(({ name, labels }) => [name, labels]),
);

/** The same receiver, for samples as they are stored: without the names of their labels. */
export function takingStored(receiver: SampleReceiver): Receiver<EventSample> {
  const named = new BySeries(namedLabelsOf);
  return {
    send(samples, signal) {
      const all = samples.map((sample): Sample => {
        const { metric, value, atMs } = sample;
        return { metric, labels: named.of(sample), value, atMs };
      });
      return receiver.send(all, signal);
    },
    process: (signal) => receiver.process(signal),
    close: () => receiver.close(),
  };
}

/** The labels with their names. For a metric that this version lacks, they are numbered. */
export function namedLabelsOf(metric: string, labels: readonly string[]): readonly LabelPair[] {
  return isJobMetric(metric) ? pairsOf(labels) : namedLabels(LABEL_NAMES.get(metric) ?? [], labels);
}
