import type { Clock, Store } from '../../domain/contracts.ts';
import type { StoredOutbox } from '../../domain/outbox-contract.ts';
import type { MaybeSync } from '../damage-guard.ts';
import type { OutboxTables } from './outbox.ts';
import type { Tables } from './tables.ts';
import type { Write } from './write.ts';

interface Parts extends Pick<Tables, 'samples' | 'traces' | 'series'> {
  readonly write: Write;
  readonly clock: Clock;
}

/** The outboxes, and the places of the sinks in them. */
export function openOutboxes(parts: Parts): MaybeSync<Pick<Store, 'openSinks' | 'samples' | 'traces'>> {
  const { write, samples, traces } = parts;
  return {
    openSinks: (sinks) =>
      write('normal', () => ({
        samples: samples.keepSinks(sinks.samples),
        traces: traces.keepSinks(sinks.traces),
      })),
    samples: storedOutbox(samples, parts),
    traces: storedOutbox(traces, parts),
  };
}

function storedOutbox<Entry>(
  outbox: OutboxTables<Entry>,
  { write, clock, series }: Parts,
): MaybeSync<StoredOutbox<Entry>> {
  return {
    read: (sink, limit) => outbox.read(sink, limit),
    place: (sink) => outbox.place(sink),
    status: () => outbox.status(),
    progress: () => outbox.progress(),
    dead: outbox.dead.latest,
    settle: (settlement, count) =>
      write('normal', () => {
        const nowMs = clock();
        const settled = outbox.settle(settlement, nowMs);
        if (settled.count > 0) series.add(count(settled, nowMs), nowMs);
      }),
    note: (note, count) =>
      write('normal', () => {
        const nowMs = clock();
        const entries = outbox.note(note);
        series.add(count(entries, nowMs), nowMs);
        return entries;
      }),
    trim(limits, count) {
      if (!outbox.isOver(limits)) return [];
      return write('normal', () => {
        const nowMs = clock();
        const lost = outbox.trim(limits);
        series.add(count(lost, nowMs), nowMs);
        return lost;
      });
    },
  };
}
