import assert from 'node:assert/strict';
import { EVENTS } from '../../src/domain/catalogue.ts';
import type { Store } from '../../src/domain/contracts.ts';
import type { EventSample } from '../../src/domain/event-sample.ts';
import type { DeadEntry, OutboxLimits, ReceiverNote, Settlement } from '../../src/domain/outbox.ts';
import type { DroppedEntries, StoredOutbox } from '../../src/domain/outbox-contract.ts';
import {
  lostCounts,
  type OutboxMetrics,
  restartCounts,
  SAMPLE_METRICS,
  SPAN_METRICS,
  settledCounts,
} from '../../src/domain/outbox-counts.ts';
import { SELF } from '../../src/domain/own-metrics.ts';
import type { TraceEntry } from '../../src/domain/trace-entry.ts';
import type { Changes } from '../../src/domain/transaction.ts';
import { type OutboxContent, SAMPLES, TRACES } from '../../src/store/outbox-content.ts';
import { ORIGIN, runEntry } from '../fixtures/trace-entries.ts';
import { cellsOf, commit, NOW, type StoreCase } from './store-case.ts';

/** One of the outboxes of a store, with entries that weigh 1 and are told apart by a number. */
export interface TestedOutbox<Entry = unknown> {
  readonly name: 'samples' | 'traces';
  readonly metrics: OutboxMetrics;
  entry(value: number): Entry;
  /** One with a text in it. */
  wide(text: string): Entry;
  entries(from: number, to: number): Entry[];
  /** As stored in one block. */
  bytesOf(from: number, to: number): number;
  of(store: Store): StoredOutbox<Entry>;
  changes(entries: readonly Entry[]): Partial<Changes>;
  put(store: Store, from: number, to: number): Promise<void>;
  open(store: Store, sinks: readonly string[]): Promise<number>;
  waiting(store: Store, sink: string, limit?: number): Promise<number[]>;
  /** Settles the first that wait, so many in weight. */
  settle(store: Store, sink: string, count: number, over?: Partial<Settlement<Entry>>): Promise<void>;
  settleTo(store: Store, settlement: Settlement<Entry>): Promise<void>;
  note(store: Store, note: ReceiverNote): Promise<number>;
  /** Returns how many were lost to a sink. */
  trim(store: Store, limits: OutboxLimits): Promise<number>;
  dead(store: Store): Promise<DeadEntry<Entry>[]>;
  /** The series of a metric, by default that of the outcomes. */
  counted(store: Store, name?: string): Promise<Record<string, number>>;
  /** That so many were sent again, and so many restarts noticed, is counted; of traces neither ever is. */
  assertAgain(
    store: Store,
    repeated: Readonly<Record<string, number>>,
    restarts: Readonly<Record<string, number>>,
  ): Promise<void>;
}

/** One behaviour of both outboxes, as `StoreCase`. */
export type OutboxCase = (open: Parameters<StoreCase>[0], outbox: TestedOutbox) => Promise<void>;

/** The cases of both: the titles of those of traces begin with that. */
export function ofBothOutboxes(cases: Readonly<Record<string, OutboxCase>>): Record<string, StoreCase> {
  const all: [string, StoreCase][] = Object.entries(cases).flatMap(([title, body]) => [
    [title, (open) => body(open, TESTED_SAMPLES)],
    [`traces: ${title}`, (open) => body(open, TESTED_TRACES)],
  ]);
  return Object.fromEntries(all);
}

interface Kind<Entry>
  extends Pick<TestedOutbox<Entry>, 'name' | 'metrics' | 'entry' | 'wide' | 'of' | 'changes'> {
  readonly numberOf: (entry: Entry) => number;
  readonly content: OutboxContent<Entry>;
}

function tested<Entry>({ numberOf, content, ...kind }: Kind<Entry>): TestedOutbox<Entry> {
  const { name, metrics, of, entry, changes } = kind;
  const entries = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, index) => entry(from + index));
  const settleTo = (store: Store, settlement: Settlement<Entry>) =>
    of(store).settle(settlement, (settled) => settledCounts(metrics, settlement, settled));
  return {
    ...kind,
    entries,
    bytesOf: (from, to) => Buffer.byteLength(content.pack(entries(from, to))),
    put: (store, from, to) => commit(store, changes(entries(from, to))),
    async open(store, sinks) {
      const names = { samples: [], traces: [], [name]: sinks };
      const dropped: DroppedEntries = await store.openSinks(names);
      return dropped[name];
    },
    waiting: async (store, sink, limit = 100) => (await of(store).read(sink, limit)).entries.map(numberOf),
    async settle(store, sink, count, over = {}) {
      const { endSeq } = await of(store).read(sink, count);
      await settleTo(store, { sink, endSeq, outcome: 'sent', dead: [], isKept: false, ...over });
    },
    settleTo,
    note: (store, told) => of(store).note(told, (concerned) => restartCounts(metrics, told, concerned)),
    async trim(store, limits) {
      const lost = await of(store).trim(limits, (found) => lostCounts(metrics, found));
      return lost.reduce((sum, { count }) => sum + count, 0);
    },
    dead: (store) => of(store).dead(9),
    counted: (store, metric = metrics.outcomes.name) => countedIn(store, metric),
    async assertAgain(store, repeated, restarts) {
      const found = [SELF.repeatedSamples, SELF.receiverRestarts].map((metric) =>
        countedIn(store, metric.name),
      );
      assert.deepEqual(await Promise.all(found), metrics.again === null ? [{}, {}] : [repeated, restarts]);
    },
  };
}

async function countedIn(store: Store, name: string): Promise<Record<string, number>> {
  const cells = (await cellsOf(store)).filter(({ metric }) => metric === name);
  return Object.fromEntries(cells.map(({ labels, value }) => [labels.join(' '), value]));
}

export const TESTED_SAMPLES: TestedOutbox<EventSample> = tested({
  name: 'samples',
  metrics: SAMPLE_METRICS,
  content: SAMPLES,
  of: ({ samples }) => samples,
  changes: (samples) => ({ samples }),
  entry(value) {
    const labels = ['o/r', 'CI "quoted" \u{1F41C}', 'build', 'a,b'];
    return { metric: EVENTS.jobQueue.name, labels, value, atMs: NOW + value };
  },
  wide: (text) => ({ metric: EVENTS.jobQueue.name, labels: [text], value: 1, atMs: NOW }),
  numberOf: ({ value }) => value,
});

/** Of whole runs, one span each. */
export const TESTED_TRACES: TestedOutbox<TraceEntry> = tested({
  name: 'traces',
  metrics: SPAN_METRICS,
  content: TRACES,
  of: ({ traces }) => traces,
  changes: (traceEntries) => ({ traceEntries }),
  entry: (value) => runEntry({ origin: { ...ORIGIN, runId: value } }),
  wide: (text) => runEntry({ origin: { ...ORIGIN, headBranch: text } }),
  numberOf: ({ origin }) => origin.runId,
});
