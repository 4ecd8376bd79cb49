import { METRICS } from '../domain/catalogue.ts';
import { ANOMALY_KINDS } from '../domain/lifecycle/fact.ts';
import { type Increment, zerosOf } from '../domain/metric.ts';
import { ASKED_OUTCOMES, IGNORED_REASONS } from '../domain/observation.ts';
import type { SinkNames } from '../domain/outbox-contract.ts';
import { SELF } from '../domain/own-metrics.ts';
import { LOG_EVENT_ZEROS } from '../logger/counting-logger.ts';
import { EVICTION_REASONS } from '../memory/eviction-order.ts';

/*
 * What the engine counts about itself under labels that are known beforehand. All of it stands at 0 from the
 * start, so that the first time is an increase that Prometheus sees.
 */

const ENTRY_OUTCOMES = ['sent', 'rejected', 'expired', 'overflow'];
const REQUEST_OUTCOMES = ['sent', 'retry', 'too_large', 'rejected', 'refused'];
const STORED_METRICS = METRICS.filter(({ type }) => type !== 'gauge').map(({ name }) => name);

/** Of the engine itself. */
export const ENGINE_ZEROS: readonly Increment[] = [
  ...zerosOf(SELF.ignoredObservations, IGNORED_REASONS),
  ...zerosOf(SELF.timestampAnomalies, ANOMALY_KINDS),
  ...zerosOf(SELF.processingFailures, ['retry', 'parked']),
  ...zerosOf(SELF.recoveredDeliveries, ['redelivery', 'api']),
  ...zerosOf(SELF.failuresAsked, ASKED_OUTCOMES),
  ...zerosOf(SELF.memoryEvictions, EVICTION_REASONS),
  ...zerosOf(SELF.forgottenObjects, ['run', 'job']),
  ...zerosOf(SELF.seriesDropped, STORED_METRICS),
  ...zerosOf(SELF.jobNumbersDropped),
  ...LOG_EVENT_ZEROS,
];

/** Of the sinks with these names. */
export function sinkZeros({ samples, traces }: SinkNames): Increment[] {
  return [
    ...zerosOf(SELF.samples, samples, ENTRY_OUTCOMES),
    ...zerosOf(SELF.spans, traces, ENTRY_OUTCOMES),
    ...zerosOf(SELF.receiverRestarts, samples),
    ...zerosOf(SELF.repeatedSamples, samples, ['sent', 'rejected', 'given_up']),
    ...zerosOf(SELF.pushRequests, [...samples, ...traces], REQUEST_OUTCOMES),
  ];
}
