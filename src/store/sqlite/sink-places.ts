import type { Clock } from '../../domain/contracts.ts';
import type { StoredOutbox } from '../../domain/outbox-contract.ts';
import type { MaybeSync } from '../damage-guard.ts';
import type { Tables } from './tables.ts';
import type { Write } from './write.ts';

/** What moves the places of the sinks in the outbox. */
export function openSinkPlaces({
  write,
  clock,
  outbox,
  series,
}: Tables & { readonly write: Write; readonly clock: Clock }): MaybeSync<
  Pick<StoredOutbox, 'openOutbox' | 'settleSamples' | 'noteReceiver' | 'trimOutbox'>
> {
  return {
    openOutbox: (sinks) => write('normal', () => outbox.keepSinks(sinks)),
    settleSamples: (settlement, count) =>
      write('normal', () => {
        const nowMs = clock();
        const settled = outbox.settle(settlement, nowMs);
        if (settled.count > 0) series.add(count(settled, nowMs), nowMs);
      }),
    noteReceiver: (note, count) =>
      write('normal', () => {
        const nowMs = clock();
        const samples = outbox.note(note);
        series.add(count(samples, nowMs), nowMs);
        return samples;
      }),
    trimOutbox(limits, count) {
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
