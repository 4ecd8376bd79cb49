import type { DatabaseSync } from 'node:sqlite';
import type { Clock, Store } from '../../domain/contracts.ts';
import { transact } from './database.ts';
import type { Tables } from './reader.ts';
import type { Write } from './write.ts';

/** What moves the places of the sinks in the outbox. */
export function openSinkPlaces(
  database: DatabaseSync,
  { write, clock, outbox }: Pick<Tables, 'outbox'> & { readonly write: Write; readonly clock: Clock },
): Pick<Store, 'openOutbox' | 'settleSamples' | 'trimOutbox'> {
  return {
    async openOutbox(sinks) {
      try {
        return transact(database, 'normal', () => outbox.keepSinks(sinks));
      } catch (error) {
        outbox.forgetCounts();
        throw error;
      }
    },
    async settleSamples(settlement) {
      write('normal', () => ({ result: undefined, increments: outbox.settle(settlement, clock()) }));
    },
    async trimOutbox(limits) {
      if (!outbox.isOver(limits)) return 0;
      return write('normal', () => {
        const increments = outbox.trim(limits);
        return { result: increments.reduce((sum, { delta }) => sum + delta, 0), increments };
      });
    },
  };
}
