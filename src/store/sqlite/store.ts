import type { DatabaseSync } from 'node:sqlite';
import { CONFIRMED_EVENT } from '../../domain/asked.ts';
import type { Clock, Effects, Store } from '../../domain/contracts.ts';
import type { AcceptOutcome, Delivery } from '../../domain/delivery.ts';
import { countOf, type Increment, IncrementSums } from '../../domain/metric.ts';
import { SELF } from '../../domain/own-metrics.ts';
import { openCopying } from './copy.ts';
import { openDatabase, pathOf, transact } from './database.ts';
import { openDeliveryTables } from './deliveries.ts';
import { openJobNumberTable } from './job-numbers.ts';
import { openJobTable } from './jobs.ts';
import { openObservationTable } from './observations.ts';
import { openOutbox } from './outbox.ts';
import { openReader, type Tables } from './reader.ts';
import { openRecoveryTables } from './recovery.ts';
import { openRunTable } from './runs.ts';
import { openSeriesTable } from './series.ts';
import { openSinkPlaces } from './sink-places.ts';
import { withStoreErrors } from './store-error.ts';
import { openUpkeep } from './upkeep.ts';
import { openWorkflowTable } from './workflows.ts';
import { openWrite, type WriteOptions } from './write.ts';

export interface SqliteStoreOptions extends WriteOptions {
  /** `sqlite:PATH` or `memory:`. */
  readonly url: string;
}

/**
 * The store in one SQLite file. What is accepted is synced to the disk before the promise resolves; what is only
 * derived from accepted deliveries is not, because after a loss of power it is derived again.
 * Throws `store_locked`, `store_too_new` or `store_unavailable`.
 */
export function openSqliteStore({ url, clock, admit, stored }: SqliteStoreOptions): Store {
  const database = openDatabase(url);
  const tables = openTables(database, clock);
  const { deliveries, recovery } = tables;

  const copying = openCopying(database, pathOf(url));
  const write = openWrite(database, tables, { clock, admit, stored });

  return {
    ...withStoreErrors(openReader(database, tables)),
    ...withStoreErrors(openUpkeep(database, { ...tables, write, clock })),
    ...withStoreErrors(openSinkPlaces(database, { ...tables, write, clock })),
    async accept(batch) {
      return write('full', () => {
        const outcomes = batch.map((delivery): AcceptOutcome => {
          if (!deliveries.see(delivery)) return 'duplicate';
          deliveries.enqueue(delivery);
          return 'accepted';
        });
        return { result: outcomes, increments: outcomeCounts(batch, outcomes) };
      });
    },
    async acceptProcessed(batch, process) {
      return write('full', () => {
        const outcomes = batch.map(
          (delivery): AcceptOutcome => (deliveries.see(delivery) ? 'accepted' : 'duplicate'),
        );
        const effects = process(outcomes);
        writeEffects(tables, effects, clock());
        const increments = [...outcomeCounts(batch, outcomes), ...effects.increments];
        return { result: outcomes, ...effects, increments };
      });
    },
    ...withStoreErrors({
      lease: async (limit: number, leaseMs: number) => deliveries.lease(limit, leaseMs, clock()),
    }),
    async commit(changes) {
      write('normal', () => {
        writeEffects(tables, changes, clock());
        deliveries.remove(changes.processed);
        for (const failure of changes.failed) deliveries.fail(failure, clock());
        return { result: undefined, ...changes };
      });
      deliveries.release([...changes.processed, ...changes.failed.map(({ id }) => id)]);
    },
    async addIncrements(increments) {
      write('normal', () => ({ result: undefined, increments }));
    },
    async writeMark(name, atMs) {
      transact(database, 'normal', () => recovery.writeMark(name, atMs));
    },
    async writeNote(name, text) {
      transact(database, 'normal', () => recovery.writeNote(name, text));
    },
    ...withStoreErrors({ copy: copying.copy }),
    async [Symbol.asyncDispose]() {
      await copying.close();
      if (database.isOpen) database.close();
    },
  };
}

function openTables(database: DatabaseSync, clock: Clock): Tables {
  return {
    deliveries: openDeliveryTables(database, clock),
    jobs: openJobTable(database),
    runs: openRunTable(database),
    series: openSeriesTable(database),
    jobNumbers: openJobNumberTable(database),
    observations: openObservationTable(database),
    workflows: openWorkflowTable(database),
    outbox: openOutbox(database),
    recovery: openRecoveryTables(database),
  };
}

function writeEffects(tables: Tables, changes: Effects, nowMs: number): void {
  for (const job of changes.jobs) {
    tables.jobs.write(job);
    tables.recovery.see(job.repository, nowMs);
  }
  for (const run of changes.runs) {
    tables.runs.write(run);
    tables.workflows.note(run, nowMs);
    tables.recovery.see(run.repository, nowMs);
  }
  for (const entry of changes.observations) tables.observations.write(entry);
}

/** One increment for each kind of delivery in the batch, not one for each delivery. */
function outcomeCounts(batch: readonly Delivery[], outcomes: readonly AcceptOutcome[]): Increment[] {
  const sums = new IncrementSums();
  for (const [index, { event, action, source }] of batch.entries()) {
    const outcome = outcomes[index] ?? 'accepted';
    sums.add([countOf(SELF.deliveries, [event, action, outcome])]);
    const isRecovered =
      outcome === 'accepted' && (source === 'redelivery' || source === 'api') && event !== CONFIRMED_EVENT;
    if (isRecovered) sums.add([countOf(SELF.recoveredDeliveries, [source])]);
  }
  return sums.take();
}
