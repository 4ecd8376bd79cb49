import { countOf, type GaugeReading, type Increment, type Metric, readingOf } from './metric.ts';
import type { Lost, OutboxStatus, ReceiverNote, Settled, Settlement } from './outbox.ts';
import { SELF } from './own-metrics.ts';

/* What is counted of the outboxes: samples, and spans of traces. */

/** The metrics of one outbox. */
export interface OutboxMetrics {
  /** By sink and outcome. */
  readonly outcomes: Metric;
  readonly waiting: Metric;
  readonly oldest: Metric;
  /** Of what is sent again after a restart of the receiver; null where nothing ever is. */
  readonly again: { readonly kept: Metric; readonly repeated: Metric; readonly restarts: Metric } | null;
}

export const SAMPLE_METRICS: OutboxMetrics = {
  outcomes: SELF.samples,
  waiting: SELF.outboxSamples,
  oldest: SELF.outboxOldest,
  again: { kept: SELF.outboxKept, repeated: SELF.repeatedSamples, restarts: SELF.receiverRestarts },
};

export const SPAN_METRICS: OutboxMetrics = {
  outcomes: SELF.spans,
  waiting: SELF.traceOutboxSpans,
  oldest: SELF.traceOutboxOldest,
  again: null,
};

/** What a receiver refused of a request that it took can't be more than was in it. */
export function settledCounts(
  { outcomes, again }: OutboxMetrics,
  { sink, outcome, rejectedCount = 0 }: Settlement,
  { count, isRepeat }: Settled,
): Increment[] {
  const metric = isRepeat ? again?.repeated : outcomes;
  if (metric === undefined) return [];
  const rejected = Math.min(rejectedCount, count);
  const taken = countOf(metric, [sink, outcome], count - rejected);
  return rejected === 0 ? [taken] : [taken, countOf(metric, [sink, 'rejected'], rejected)];
}

export function lostCounts({ outcomes, again }: OutboxMetrics, lost: readonly Lost[]): Increment[] {
  return lost.flatMap(({ sink, outcome, count, repeats }) => [
    countOf(outcomes, [sink, outcome], count - repeats),
    ...(again === null ? [] : [countOf(again.repeated, [sink, 'given_up'], repeats)]),
  ]);
}

/** `entries`: how many the restart concerns. */
export function restartCounts(
  { again }: OutboxMetrics,
  { sink, restart }: ReceiverNote,
  entries: number,
): Increment[] {
  if (restart === null || again === null) return [];
  const givenUp = restart === 'give_up' ? entries : 0;
  return [countOf(again.restarts, [sink]), countOf(again.repeated, [sink, 'given_up'], givenUp)];
}

/** What waits for a sink, whoever sends it. */
export function waitingReadings(
  { waiting, oldest, again }: OutboxMetrics,
  { sink, waiting: count, kept, oldestMs }: OutboxStatus,
): GaugeReading[] {
  return [
    readingOf(waiting, [sink], count),
    ...(again === null ? [] : [readingOf(again.kept, [sink], kept)]),
    ...(oldestMs === null ? [] : [readingOf(oldest, [sink], oldestMs / 1000)]),
  ];
}
