import type { Clock, Logger, Store } from '../../domain/contracts.ts';
import type { AcceptOutcome } from '../../domain/delivery.ts';
import type { Changes, KnownStates, Processed, Source, StateKeys } from '../../domain/transaction.ts';
import { guardMethods, type MaybeSync } from '../damage-guard.ts';
import { openCopying } from './copy.ts';
import { openCorrectTimes } from './correct-times.ts';
import { openDatabase, pathOf, transact } from './database.ts';
import { openFence } from './fence.ts';
import { FileWatch } from './file-watch.ts';
import { openLogProgress } from './log-progress.ts';
import { OpenFile } from './open-file.ts';
import { openReader } from './reader.ts';
import { FORGOTTEN_BEFORE } from './recovery.ts';
import { openSinkPlaces } from './sink-places.ts';
import { storeError } from './store-error.ts';
import { openTables, type Tables } from './tables.ts';
import { openUpkeep } from './upkeep.ts';
import { openWrite, type Write } from './write.ts';

export interface SqliteStoreOptions {
  /** `sqlite:PATH` or `memory:`. */
  readonly url: string;
  readonly clock: Clock;
  /** As `ServiceTime.steady`, for leases. Default: `clock`. */
  readonly steady?: Clock;
  /** What happens to the file is logged. */
  readonly logger?: Pick<Logger, 'warn' | 'error'>;
}

const SILENT: Pick<Logger, 'warn' | 'error'> = { warn() {}, error() {} };

type StoreMethods = Omit<Store, 'damaged' | 'readableAt' | typeof Symbol.asyncDispose>;

/**
 * The store in one SQLite file. What arrives is synced to the disk before the promise resolves; what is only
 * derived from it is not, because after a loss of power it is derived again.
 * Throws `store_locked`, `store_too_new` or `store_unavailable`.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const { url, clock, steady = clock, logger = SILENT } = options;
  const database = openDatabase(url);
  const path = pathOf(url);
  const file = path === null ? null : new OpenFile(path, openLogProgress(database));
  const watch = file && new FileWatch({ database, file, clock, logger });
  database.watch = watch;
  if (database.unshared !== null) logger.warn('database_not_shared', { path, reason: database.unshared });
  const tables = openTables(database, { clock, steady });
  if (path !== null) database.fence = openFence(path, tables.recovery);
  const { deliveries, recovery } = tables;
  const correct = openCorrectTimes(database, tables.outbox);

  const copying = openCopying(database, path);
  const write = openWrite(database, tables);

  const methods: MaybeSync<StoreMethods> = {
    ...openReader(database, tables),
    ...openUpkeep(database, { ...tables, write, clock }),
    ...openSinkPlaces({ ...tables, write, clock }),
    copy: copying.copy,
    provePlace: () => watch?.check(),
    lease: (limit, leaseMs) => deliveries.lease(limit, leaseMs, clock()),
    process: openProcess(tables, write, clock),
    correctTimes: (correction) => write('normal', () => correct(correction)),
    writeMark: (name, atMs) => transact(database, 'normal', () => recovery.writeMark(name, atMs)),
    writeNote: (name, text) => transact(database, 'normal', () => recovery.writeNote(name, text)),
  };
  const explain = (cause: unknown) => (watch === null ? storeError(cause) : watch.explain(storeError(cause)));
  const guarded = guardMethods<StoreMethods>(methods, explain);
  return {
    ...guarded.methods,
    damaged: guarded.damaged,
    readableAt: database.unshared === null ? path : null,
    async [Symbol.asyncDispose]() {
      if (!database.isOpen) return;
      try {
        await watch?.release();
      } finally {
        await copying.close();
        database.close();
        file?.close();
      }
    },
  };
}

function openProcess(tables: Tables, write: Write, clock: Clock): MaybeSync<StoreMethods>['process'] {
  return (source, keys, decide) => {
    const processed = write('arrived' in source && source.arrived.length > 0 ? 'full' : 'normal', () => {
      const nowMs = clock();
      const outcomes = see(source, tables);
      const changes = decide(outcomes, load(keys, tables), nowMs);
      return writeChanges(source, changes, { outcomes, tables, nowMs });
    });
    if ('leased' in source) tables.deliveries.release(source.leased.map(({ id }) => id));
    return processed;
  };
}

/** Remembers what has arrived. */
function see(source: Source, { deliveries }: Tables): AcceptOutcome[] {
  if ('leased' in source) return source.leased.map(() => 'accepted');
  return source.arrived.map((delivery) => (deliveries.see(delivery) ? 'accepted' : 'duplicate'));
}

function load(keys: StateKeys, { jobs, runs, recovery }: Tables): KnownStates {
  const forgottenBeforeMs = recovery.readMark(FORGOTTEN_BEFORE);
  return { jobs: jobs.load(keys.jobs), runs: runs.load(keys.runs), forgottenBeforeMs };
}

function writeChanges(
  source: Source,
  changes: Changes,
  { outcomes, tables, nowMs }: { outcomes: AcceptOutcome[]; tables: Tables; nowMs: number },
): Processed {
  const { deliveries, jobs, runs, observations, workflows, recovery, series, outbox, jobNumbers, history } =
    tables;
  for (const delivery of changes.queued) deliveries.enqueue(delivery);
  if ('leased' in source) deliveries.settle(source.leased, changes.failed, nowMs);
  for (const job of changes.jobs) {
    jobs.write(job);
    recovery.see(job.repository, nowMs);
  }
  for (const run of changes.runs) {
    runs.write(run);
    workflows.note(run, nowMs);
    recovery.see(run.repository, nowMs);
  }
  for (const entry of changes.observations) observations.write(entry);
  series.add(changes.increments, nowMs);
  jobNumbers.add(changes.numbers);
  outbox.append(changes.samples, nowMs);
  history.add(changes.history);
  return { outcomes, outbox: outbox.progress() };
}
