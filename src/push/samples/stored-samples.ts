import { EVENTS } from '../../domain/catalogue.ts';
import type { EventSample } from '../../domain/event-sample.ts';
import { isJobMetric, pairsOf } from '../../domain/job-numbers.ts';
import { namedLabels } from '../../domain/label-text.ts';
import type { Sample } from '../../domain/sample.ts';
import type { Receiver } from '../receiver.ts';
import type { SampleReceiver } from './sample-receiver.ts';

const LABEL_NAMES: ReadonlyMap<string, readonly string[]> = new Map(
  Object.values(EVENTS).map(({ name, labels }) => [name, labels]),
);

/** The same receiver, for samples as they are stored: without the names of their labels. */
export function takingStored(receiver: SampleReceiver): Receiver<EventSample> {
  return {
    send: (samples, signal) => receiver.send(samples.map(namedSample), signal),
    process: (signal) => receiver.process(signal),
    close: () => receiver.close(),
  };
}

/**
 * The sample with the names of its labels. For a metric that this version lacks, the labels are numbered.
 */
export function namedSample({ metric, labels, value, atMs }: EventSample): Sample {
  if (isJobMetric(metric)) return { metric, value, atMs, labels: pairsOf(labels) };
  const names = LABEL_NAMES.get(metric) ?? [];
  return { metric, value, atMs, labels: namedLabels(names, labels) };
}
