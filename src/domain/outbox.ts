import type { EventSample } from './event-sample.ts';
import { countOf, type Increment } from './metric.ts';
import { SELF } from './own-metrics.ts';

/*
 * The vocabulary of the outbox: samples that wait to be pushed, and how far each receiver (a sink) has come.
 */

/** Samples that wait for one sink, in the order in which they were stored. */
export interface SampleBatch {
  readonly samples: readonly EventSample[];
  /** The position in the outbox after the last of them. */
  readonly endSeq: number;
}

/** What happened to the samples up to `endSeq`. */
export interface Settlement {
  readonly sink: string;
  readonly endSeq: number;
  readonly outcome: 'sent' | 'rejected';
  /** Samples that the receiver will never accept, kept for people to see. */
  readonly dead: readonly EventSample[];
  readonly reason?: string;
}

/** Which samples have waited too long, or take too much space. */
export interface OutboxLimits {
  /** When they were stored. */
  readonly beforeMs: number;
  /** Of all together. */
  readonly maxBytes: number;
}

/** What a sink will never get. */
export interface LostSamples {
  readonly sink: string;
  readonly outcome: 'expired' | 'overflow';
  readonly count: number;
}

export interface DeadSample extends EventSample {
  readonly sink: string;
  readonly rejectedAtMs: number;
  readonly reason: string;
}

export interface OutboxStatus {
  readonly sink: string;
  /** How many samples wait. */
  readonly samples: number;
  readonly oldestMs: number | null;
}

export interface OutboxProgress {
  /** The position after the last stored sample. */
  readonly endSeq: number;
  /** All sinks are past the samples before this position. Without sinks, it is `endSeq`. */
  readonly settledSeq: number;
}

/** How pushing to one receiver is going. */
export interface SinkHealth extends OutboxStatus {
  /** Since the start of this process. */
  readonly lastSentAtMs: number | null;
  readonly lastProblem: { readonly kind: string; readonly reason: string; readonly atMs: number } | null;
}

export function settledCounts({ sink, outcome }: Settlement, count: number): Increment[] {
  return [countOf(SELF.samples, [sink, outcome], count)];
}

export function lostCounts(lost: readonly LostSamples[]): Increment[] {
  return lost.map(({ sink, outcome, count }) => countOf(SELF.samples, [sink, outcome], count));
}
