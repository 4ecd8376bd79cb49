import type { EventSample } from './event-sample.ts';
import { spanCount, type TraceEntry } from './trace-entry.ts';

/** The weight of an entry, by the outbox that it is in: how many samples, or spans, it is (`outbox.ts`). */
export const ENTRY_WEIGHTS: {
  readonly samples: (entry: EventSample) => number;
  readonly traces: (entry: TraceEntry) => number;
} = { samples: () => 1, traces: spanCount };
