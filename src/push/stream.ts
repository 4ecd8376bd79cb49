import { ENTRY_WEIGHTS } from '../domain/entry-weight.ts';
import type { EventSample } from '../domain/event-sample.ts';
import type { ErrorLogCode } from '../domain/log-events/log-events.ts';
import { type OutboxMetrics, SAMPLE_METRICS, SPAN_METRICS } from '../domain/outbox-counts.ts';
import type { TraceEntry } from '../domain/trace-entry.ts';

/** A kind of entries: how they are counted, and what is said of them. */
export interface Stream<Entry> {
  /** What an entry consists of, as people call it. */
  readonly unit: 'samples' | 'spans';
  readonly metrics: OutboxMetrics;
  /** The lines of the log about entries that a receiver never gets. */
  readonly rejectedEvent: ErrorLogCode;
  readonly droppedEvent: ErrorLogCode;
  /** How many of these it is. */
  readonly weigh: (entry: Entry) => number;
  /** What the log shows of an entry. */
  readonly brief: (entry: Entry) => object;
}

export const SAMPLE_STREAM: Stream<EventSample> = {
  unit: 'samples',
  metrics: SAMPLE_METRICS,
  rejectedEvent: 'samples_rejected',
  droppedEvent: 'samples_dropped',
  weigh: ENTRY_WEIGHTS.samples,
  brief: (sample) => sample,
};

export const SPAN_STREAM: Stream<TraceEntry> = {
  unit: 'spans',
  metrics: SPAN_METRICS,
  rejectedEvent: 'spans_rejected',
  droppedEvent: 'spans_dropped',
  weigh: ENTRY_WEIGHTS.traces,
  brief: ({ kind, origin: { repository, workflow, runId, runAttempt }, ...entry }) => ({
    ...{ kind, repository, workflow, runId, runAttempt },
    ...('jobId' in entry ? { jobId: entry.jobId } : {}),
  }),
};
