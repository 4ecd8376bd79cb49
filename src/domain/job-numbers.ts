import type { Delivery } from './delivery.ts';
import type { JobNumber } from './job-number.ts';
import { labelValues } from './label-value.ts';
import type { NumbersObservation } from './observation.ts';
import { withoutIds } from './own-ids.ts';
import type { LabelPair } from './sample.ts';

/*
 * Numbers that jobs hand in themselves: how many tests there were, coverage, the size of what was built. A push is a delivery
 * like any other, so that it is durable before it is answered, known again, and counted in the transaction that is done with
 * it. Webhooks of that name are not taken.
 */

export const NUMBERS_EVENT = 'ant_watcher_numbers';

/** Before the name that a job gives, so that it can be mistaken for nobody else's metric. */
export const JOB_PREFIX = 'job_';

/** What a job told, and who it is. */
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

/** The delivery that tells of it; two of one `guid` are the same push. */
export function numbersDelivery(told: ReportedNumbers, guid: string, receivedAtMs: number): Delivery {
  const payload = JSON.stringify(told);
  return { guid, event: NUMBERS_EVENT, action: '', source: 'job', receivedAtMs, payload };
}

/** What such a delivery tells. */
export function readNumbers({ payload, source, receivedAtMs }: Delivery): NumbersObservation {
  const { repository, workflow, numbers } = JSON.parse(payload) as ReportedNumbers;
  const place = ['repository', repository, 'workflow', withoutIds(workflow)];
  return {
    kind: 'numbers',
    source,
    observedAtMs: receivedAtMs,
    repository,
    workflow,
    numbers: numbers.map(({ name, labels, value }) => ({
      metric: JOB_PREFIX + name,
      labels: labelValues([...place, ...labels.flatMap(([label, text]) => [label, withoutIds(text)])]),
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

/** Both together: counters add up, of a gauge the later is kept, and of two of one moment the second. */
export function joinedNumbers(before: JobNumber | undefined, number: JobNumber): JobNumber {
  if (before === undefined) return number;
  if (!isJobCounter(number.metric)) return number.atMs < before.atMs ? before : number;
  return { ...before, value: before.value + number.value, atMs: Math.max(before.atMs, number.atMs) };
}

/** Names and values in turn, as pairs. */
export function pairsOf(labels: readonly string[]): LabelPair[] {
  return Array.from({ length: labels.length / 2 }, (_, index) => [
    labels[2 * index] ?? '',
    labels[2 * index + 1] ?? '',
  ]);
}
