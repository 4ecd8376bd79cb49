import { SELF } from '../../domain/catalogue.ts';
import type { Changes, Clock, Store } from '../../domain/contracts.ts';
import type { AcceptOutcome, Delivery } from '../../domain/delivery.ts';
import { countOf, type Increment, IncrementSums } from '../../domain/metric.ts';
import { openActivity } from './activity.ts';
import { openDatabase, transact } from './database.ts';
import { openDeliveryTables } from './deliveries.ts';
import { openJobTable } from './jobs.ts';
import { openObservationTable } from './observations.ts';
import { openRunTable } from './runs.ts';
import { openSeriesTable } from './series.ts';
import { openWorkflowTable } from './workflows.ts';

export interface SqliteStoreOptions {
  /** `sqlite:PATH` or `memory:`. */
  readonly url: string;
  readonly clock: Clock;
  /** Every increment passes through it before it is stored. */
  readonly admit: (increments: readonly Increment[]) => readonly Increment[];
  /** Is told of all increments, whoever brought them, as soon as they are stored. */
  readonly stored: (increments: readonly Increment[]) => void;
}

/**
 * The store in one SQLite file. What is accepted is synced to the disk before the promise resolves; what is only
 * derived from accepted deliveries is not, because after a loss of power it is derived again.
 * Throws `store_locked`, `store_too_new` or `store_unavailable`.
 */
export function openSqliteStore({ url, clock, admit, stored }: SqliteStoreOptions): Store {
  const database = openDatabase(url);
  const deliveries = openDeliveryTables(database, clock);
  const jobs = openJobTable(database);
  const runs = openRunTable(database);
  const series = openSeriesTable(database);
  const observations = openObservationTable(database);
  const workflows = openWorkflowTable(database);
  const readActivity = openActivity(database);
  const prove = database.prepare('UPDATE proofs SET proved_at_ms = ?');

  /** One transaction that may add to the numbers: they are passed on only once they are stored. */
  function write<T>(sync: 'full' | 'normal', work: () => { result: T; increments: readonly Increment[] }): T {
    try {
      const { result, increments } = transact(database, sync, () => {
        const done = work();
        const admitted = admit(done.increments);
        series.add(admitted);
        return { result: done.result, increments: admitted };
      });
      stored(increments);
      return result;
    } catch (error) {
      series.forgetRows();
      throw error;
    }
  }

  function writeChanges(changes: Changes) {
    const { jobs: jobStates, runs: runStates, observations: entries, processed, failed, increments } = changes;
    for (const job of jobStates) jobs.write(job);
    for (const run of runStates) {
      runs.write(run);
      workflows.note(run);
    }
    for (const entry of entries) observations.write(entry);
    deliveries.remove(processed);
    for (const failure of failed) deliveries.fail(failure, clock());
    return { result: undefined, increments };
  }

  return {
    async accept(batch) {
      return write('full', () => {
        const outcomes = batch.map(deliveries.insert);
        return { result: outcomes, increments: outcomeCounts(batch, outcomes) };
      });
    },
    async lease(limit, leaseMs) {
      return deliveries.lease(limit, leaseMs, clock());
    },
    async load(keys) {
      return { jobs: jobs.load(keys.jobs), runs: runs.load(keys.runs) };
    },
    async commit(changes) {
      write('normal', () => writeChanges(changes));
      deliveries.release([...changes.processed, ...changes.failed.map(({ id }) => id)]);
    },
    async addIncrements(increments) {
      write('normal', () => ({ result: undefined, increments }));
    },
    async readCells() {
      return series.read();
    },
    async readActivity(nowMs) {
      return [...readActivity(nowMs), ...workflows.readings()];
    },
    async heldJobs(nowMs, limit) {
      return jobs.held(nowMs, limit);
    },
    async explainRun(runId) {
      return { runs: runs.ofRun(runId), jobs: jobs.ofRun(runId), observations: observations.ofRun(runId) };
    },
    async explainJob(jobId) {
      const [job] = jobs.load([{ jobId, runId: 0, name: '' }]);
      if (job === undefined) return { runs: [], jobs: [], observations: observations.ofJob(jobId) };
      const sameName = jobs.ofRun(job.runId).filter(({ name }) => name === job.name);
      return {
        runs: runs.ofRun(job.runId).filter(({ runAttempt }) => runAttempt === job.runAttempt),
        jobs: [job, ...sameName.filter((other) => other.jobId !== jobId)],
        observations: observations.ofJob(jobId),
      };
    },
    async deleteSeries(list) {
      transact(database, 'normal', () => series.remove(list));
    },
    async queueStatus() {
      return deliveries.status();
    },
    async parkedDeliveries(limit) {
      return deliveries.parked(limit);
    },
    async replayParked(guid) {
      return transact(database, 'full', () => deliveries.replay(guid, clock()));
    },
    async proveDurable() {
      transact(database, 'full', () => prove.run(clock()));
    },
    async forgetSeen(beforeMs, limit) {
      return transact(database, 'normal', () => deliveries.forgetSeen(beforeMs, limit));
    },
    async [Symbol.asyncDispose]() {
      if (database.isOpen) database.close();
    },
  };
}

/** One increment for each kind of delivery in the batch, not one for each delivery. */
function outcomeCounts(batch: readonly Delivery[], outcomes: readonly AcceptOutcome[]): Increment[] {
  const sums = new IncrementSums();
  for (const [index, { event, action }] of batch.entries()) {
    sums.add([countOf(SELF.deliveries, [event, action, outcomes[index] ?? 'accepted'])]);
  }
  return sums.take();
}
