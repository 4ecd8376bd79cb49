import { EVENTS } from '../domain/catalogue.ts';
import type { EventSample } from '../domain/event-sample.ts';
import { isJobMetric, pairsOf } from '../domain/job-numbers.ts';
import { namedLabels } from '../domain/label-text.ts';
import type { Batch } from '../domain/outbox.ts';
import type { Sample, SendOutcome } from '../domain/sample.ts';
import { sampleProblem } from './sample-problem.ts';

const LABEL_NAMES: ReadonlyMap<string, readonly string[]> = new Map(
  Object.values(EVENTS).map(({ name, labels }) => [name, labels]),
);

/**
 * The sample with the names of its labels. For a metric that this version lacks, the labels are numbered.
 */
function namedSample({ metric, labels, value, atMs }: EventSample): Sample {
  if (isJobMetric(metric)) return { metric, value, atMs, labels: pairsOf(labels) };
  const names = LABEL_NAMES.get(metric) ?? [];
  return { metric, value, atMs, labels: namedLabels(names, labels) };
}

/**
 * What goes into one request, as stored and as sent; or one bad sample alone, with what is wrong with it.
 */
export interface Sendable extends Pick<Batch<EventSample>, 'endSeq'> {
  readonly samples: readonly EventSample[];
  readonly named: readonly Sample[];
  readonly problem: string | null;
}

/**
 * The part of a batch that can go into one request: the samples before the first bad one, or that one alone.
 */
export function sendable({ entries: samples, endSeq }: Batch<EventSample>): Sendable {
  const named = samples.map(namedSample);
  const problems = named.map(sampleProblem);
  const bad = problems.findIndex((problem) => problem !== null);
  const count = bad === -1 ? samples.length : Math.max(1, bad);
  return {
    samples: samples.slice(0, count),
    named: named.slice(0, count),
    endSeq: endSeq - samples.length + count,
    problem: bad === 0 ? (problems[0] ?? null) : null,
  };
}

export function unsendable(problem: string): SendOutcome {
  return { kind: 'rejected', reason: `It was not sent: ${problem}.` };
}
