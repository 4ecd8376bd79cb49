import { type Database, transact } from './database.ts';
import type { Tables } from './tables.ts';

/** One transaction. When it is undone, so is what the tables keep in memory of their rows. */
export type Write = <T>(sync: 'full' | 'normal', work: () => T) => T;

export function openWrite(
  database: Database,
  {
    series,
    samples,
    traces,
    recovery,
    history,
  }: Pick<Tables, 'series' | 'samples' | 'traces' | 'recovery' | 'history'>,
): Write {
  return (sync, work) => {
    try {
      return transact(database, sync, work);
    } catch (error) {
      series.forgetRows();
      for (const outbox of [samples, traces]) outbox.forgetCounts();
      recovery.forgetNoted();
      history.forgetRows();
      throw error;
    }
  };
}
