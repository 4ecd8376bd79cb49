import { ENTRY_WEIGHTS } from '../domain/entry-weight.ts';
import type { EventSample } from '../domain/event-sample.ts';
import type { TraceEntry } from '../domain/trace-entry.ts';
import { packSample, packSamples, unpackSamples } from './packed-sample.ts';
import { packTraces, unpackTraces } from './packed-trace.ts';
import { SampleUnpacking } from './sample-unpacking.ts';

/** What an outbox holds, and in which tables: all else is the same for both. */
export interface OutboxContent<Entry> {
  /** Blocks of entries, in `entriesColumn`. */
  readonly outbox: string;
  readonly entriesColumn: string;
  readonly sinks: string;
  /** Entries that were refused, in `entryColumn`. */
  readonly dead: string;
  readonly entryColumn: string;
  /** How many refused ones are kept: enough for a person to see what is wrong. All are counted. */
  readonly deadKept: number;
  /** How many positions an entry takes. */
  weightOf(entry: Entry): number;
  pack(entries: readonly Entry[]): string;
  /** Answers how one block after the other is unpacked. */
  openUnpacking(): { unpack(text: string): Entry[] };
  packOne(entry: Entry): string;
  unpackOne(text: string): Entry[];
}

export const SAMPLES: OutboxContent<EventSample> = {
  outbox: 'outbox',
  entriesColumn: 'samples',
  sinks: 'sinks',
  dead: 'dead_samples',
  entryColumn: 'sample',
  deadKept: 1000,
  weightOf: ENTRY_WEIGHTS.samples,
  pack: packSamples,
  openUnpacking: () => new SampleUnpacking(),
  packOne: packSample,
  unpackOne: (text) => unpackSamples(`[${text}]`),
};

export const TRACES: OutboxContent<TraceEntry> = {
  outbox: 'trace_outbox',
  entriesColumn: 'entries',
  sinks: 'trace_sinks',
  dead: 'dead_traces',
  entryColumn: 'entry',
  // One may have a thousand steps.
  deadKept: 100,
  weightOf: ENTRY_WEIGHTS.traces,
  pack: packTraces,
  openUnpacking: () => ({ unpack: unpackTraces }),
  packOne: (entry) => packTraces([entry]),
  unpackOne: unpackTraces,
};
