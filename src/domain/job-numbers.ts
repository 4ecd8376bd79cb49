import type { Delivery } from './delivery.ts';
import { labelValues } from './label-value.ts';
import type { JobNumber, NumbersObservation } from './observation.ts';
import { withoutIds } from './own-ids.ts';
import type { LabelPair } from './sample.ts';

/*
 * Numbers that jobs push themselves: how many tests there were, coverage, the size of a build. A push is a
 * delivery like any other, so it is durable before it gets a response, recognised when it is repeated, and
 * counted in the transaction that completes it. Webhooks with this event name are not accepted.
 */

export const NUMBERS_EVENT = 'ant_watcher_numbers';

/** Put before the name that a job gives, so that it can't be mistaken for any other metric. */
const JOB_PREFIX = 'job_';

/** What a job pushed, and which job it is. */
export interface ReportedNumbers {
  readonly repository: string;
  readonly workflow: string;
  readonly numbers: readonly ReportedNumber[];
}

export interface ReportedNumber {
  /** Without the prefix. */
  readonly name: string;
  /** By name, without repository and workflow. */
  readonly labels: readonly LabelPair[];
  readonly value: number;
}

/** The delivery of a push. Two with the same `guid` are the same push. */
export function numbersDelivery(reported: ReportedNumbers, guid: string, receivedAtMs: number): Delivery {
  const payload = JSON.stringify(reported);
  return { guid, event: NUMBERS_EVENT, action: '', source: 'job', receivedAtMs, payload };
}

/** What such a delivery reports. */
export function readNumbers({ payload, source, receivedAtMs }: Delivery): NumbersObservation {
  const { repository, workflow, numbers } = JSON.parse(payload) as ReportedNumbers;
  const identity = ['repository', repository, 'workflow', withoutIds(workflow)];
  return {
    kind: 'numbers',
    source,
    observedAtMs: receivedAtMs,
    repository,
    workflow,
    numbers: numbers.map(({ name, labels, value }) => ({
      metric: JOB_PREFIX + name,
      labels: labelValues([...identity, ...labels.flatMap(([label, text]) => [label, withoutIds(text)])]),
      value,
      atMs: receivedAtMs,
    })),
  };
}

export function isJobMetric(metric: string): boolean {
  return metric.startsWith(JOB_PREFIX);
}

export function isJobCounter(metric: string): boolean {
  return metric.endsWith('_total');
}

/**
 * Both together: counters add up; of a gauge, the later value is kept, and of two at the same time the
 * second.
 */
export function joinedNumbers(before: JobNumber | undefined, number: JobNumber): JobNumber {
  if (before === undefined) return number;
  if (!isJobCounter(number.metric)) return number.atMs < before.atMs ? before : number;
  return { ...before, value: before.value + number.value, atMs: Math.max(before.atMs, number.atMs) };
}

/** Up to here every whole number is exact; beyond, adding 1 to a sum may change nothing. */
export const MAX_COUNTER = 2 ** 53;

/**
 * Whether adding `number` to its counter is exact enough to be seen. Always true for gauges, and for a
 * counter that is given 0.
 */
export function isCountable(before: JobNumber | undefined, number: JobNumber): boolean {
  if (!isJobCounter(number.metric) || number.value === 0) return true;
  const sum = before?.value ?? 0;
  // The sum itself is rounded, and may look as if it was not too large.
  return number.value <= MAX_COUNTER - sum && sum + number.value !== sum;
}

/** Names and values alternately, as pairs. */
export function pairsOf(labels: readonly string[]): LabelPair[] {
  return Array.from({ length: labels.length / 2 }, (_, index) => [
    labels[2 * index] ?? '',
    labels[2 * index + 1] ?? '',
  ]);
}
