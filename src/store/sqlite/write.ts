import type { DatabaseSync } from 'node:sqlite';
import type { Additions, Clock } from '../../domain/contracts.ts';
import { transact } from './database.ts';
import type { Tables } from './reader.ts';

/** Says under which labels something is kept, and counts what comes of that. Series that are new are created at `nowMs`. */
export type Admit = (added: Additions, nowMs: number) => Additions;

/** One transaction that may add to the numbers: they are passed on only once they are stored. */
export type Write = <T>(sync: 'full' | 'normal', work: () => { result: T } & Partial<Additions>) => T;

export interface WriteOptions {
  readonly clock: Clock;
  /** Every increment and every sample passes through it before it is stored. */
  readonly admit: Admit;
  /** Is told of all that was admitted, whoever brought it, as soon as it is stored. What it throws is a bug and ends the process. */
  readonly stored: (added: Additions) => void;
}

export function openWrite(
  database: DatabaseSync,
  { series, outbox, jobNumbers, recovery }: Tables,
  { clock, admit, stored }: WriteOptions,
): Write {
  return (sync, work) => {
    const { result, admitted } = undoneTogether(() =>
      transact(database, sync, () => {
        const done = work();
        const { increments = [], samples = [], numbers = [], groups = [] } = done;
        const nowMs = clock();
        const admitted = admit({ increments, samples, numbers, groups }, nowMs);
        series.add(admitted.increments, nowMs);
        outbox.append(admitted.samples, nowMs);
        jobNumbers.write(admitted.numbers);
        return { result: done.result, admitted };
      }),
    );
    try {
      stored(admitted);
    } catch (bug) {
      // What is stored stays stored, and who waits for it must not do it again; but what is told from memory is no longer the store's.
      setImmediate(() => {
        throw bug;
      });
    }
    return result;
  };

  /** With a transaction, what the tables keep in memory of their rows is undone. */
  function undoneTogether<T>(transaction: () => T): T {
    try {
      return transaction();
    } catch (error) {
      series.forgetRows();
      outbox.forgetCounts();
      recovery.forgetNoted();
      throw error;
    }
  }
}
