import type { Clock, StoredOutbox } from '../../domain/contracts.ts';
import type { Tables } from './reader.ts';
import type { Write } from './write.ts';

/** What moves the places of the sinks in the outbox. */
export function openSinkPlaces({
  write,
  clock,
  outbox,
  series,
}: Pick<Tables, 'outbox' | 'series'> & { readonly write: Write; readonly clock: Clock }): Pick<
  StoredOutbox,
  'openOutbox' | 'settleSamples' | 'trimOutbox'
> {
  return {
    async openOutbox(sinks) {
      return write('normal', () => outbox.keepSinks(sinks));
    },
    async settleSamples(settlement, count) {
      write('normal', () => {
        const nowMs = clock();
        const passed = outbox.settle(settlement, nowMs);
        if (passed > 0) series.add(count(passed, nowMs), nowMs);
      });
    },
    async trimOutbox(limits, count) {
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
