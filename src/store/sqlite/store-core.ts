import type { Clock, Logger, Store } from '../../domain/contracts.ts';
import type { AcceptOutcome } from '../../domain/delivery.ts';
import { isSettled } from '../../domain/lifecycle/settle.ts';
import type { Changes, KnownStates, Processed, Source, StateKeys } from '../../domain/transaction.ts';
import type { MaybeSync } from '../damage-guard.ts';
import { openCopying } from './copy.ts';
import { openCorrectTimes } from './correct-times.ts';
import { type Database, sizeOf, transact } from './database.ts';
import { openFence } from './fence.ts';
import { FileWatch } from './file-watch.ts';
import { openFleet } from './fleet.ts';
import { logBytesOf, openLogProgress } from './log-progress.ts';
import { LOG_LIMITS, type LogLimits, openLogWatch } from './log-watch.ts';
import { OpenFile } from './open-file.ts';
import { openReader } from './reader.ts';
import { FORGOTTEN_BEFORE } from './recovery.ts';
import { storeError } from './store-error.ts';
import { openOutboxes } from './stored-outbox.ts';
import { openTables, type Tables } from './tables.ts';
import { openUpkeep } from './upkeep.ts';
import { openWrite, type Write } from './write.ts';

/** What the store answers, from one open file. */
export type StoreMethods = Omit<Store, 'damaged' | 'readableAt' | typeof Symbol.asyncDispose>;
export type CoreMethods = MaybeSync<Omit<StoreMethods, 'renewLog'>>;

/** One open file of the store, with all that belongs to it. */
export interface StoreCore {
  readonly database: Database;
  readonly path: string | null;
  readonly methods: CoreMethods;
  /** What went wrong, as whoever calls the store gets it. */
  readonly explain: (cause: unknown) => unknown;
  /** Throws if nothing may be written. */
  readonly check: () => void;
  /** As `LogWatch.isTooLarge`. */
  readonly isLogTooLarge: () => boolean;
  /** Leaves the file so that the next process finds all of it. */
  close(): Promise<void>;
  /** Closes what another file has taken the place of. */
  abandon(): Promise<void>;
}

export interface CoreOptions {
  readonly clock: Clock;
  readonly steady?: Clock;
  readonly logger?: Pick<Logger, 'warn' | 'error'>;
  readonly logLimits?: LogLimits;
}

const SILENT: Pick<Logger, 'warn' | 'error'> = { warn() {}, error() {} };

export function openCore(database: Database, path: string | null, options: CoreOptions): StoreCore {
  const { clock, steady = clock, logger = SILENT, logLimits: limits = LOG_LIMITS } = options;
  const progress = openLogProgress(database);
  const file = path === null ? null : new OpenFile(path, progress);
  const watch = file && new FileWatch({ database, file, clock, logger });
  database.watch = watch;
  const tables = openTables(database, { clock, steady });
  if (path !== null) database.fence = openFence(path, tables.recovery);
  const copying = openCopying(database, path);
  const checkpoint = openLogProgress(database, 'PASSIVE');
  const databaseBytes = () => sizeOf(database);
  const logWatch = openLogWatch({ progress, checkpoint, databaseBytes, limits, logger });
  return {
    database,
    path,
    methods: openMethods(database, tables, {
      copy: copying.copy,
      provePlace: () => watch?.check(),
      logStatus: () => ({ bytes: logBytesOf(progress().frames), isHeld: logWatch.isHeld }),
      clock,
    }),
    explain: (cause) => (watch === null ? storeError(cause) : watch.explain(storeError(cause))),
    check: () => watch?.check(),
    isLogTooLarge: () => path !== null && logWatch.isTooLarge(),
    async close() {
      if (!database.isOpen) return;
      try {
        await watch?.release();
      } finally {
        await this.abandon();
      }
    },
    async abandon() {
      await copying.close();
      database.close();
      file?.close();
    },
  };
}

function openMethods(
  database: Database,
  tables: Tables,
  { clock, ...own }: { readonly clock: Clock } & Pick<CoreMethods, 'copy' | 'provePlace' | 'logStatus'>,
): CoreMethods {
  const { deliveries, recovery } = tables;
  const correct = openCorrectTimes(database, tables);
  const write = openWrite(database, tables);
  return {
    ...openReader(database, tables),
    ...openUpkeep(database, { ...tables, write, clock }),
    ...openOutboxes({ ...tables, write, clock }),
    ...openFleet(database, { recovery, clock }),
    databaseStatus: () => null,
    ...own,
    lease: (limit, leaseMs) => deliveries.lease(limit, leaseMs, clock()),
    process: openProcess(tables, write, clock),
    correctTimes: (correction) => write('normal', () => correct(correction)),
    writeMark: (name, atMs) => transact(database, 'normal', () => recovery.writeMark(name, atMs)),
    writeNote: (name, text) => transact(database, 'normal', () => recovery.writeNote(name, text)),
    changeNote: ({ name, before, after }, count) =>
      write('normal', () => {
        if (recovery.readNote(name) !== before) return false;
        const nowMs = clock();
        recovery.writeNote(name, after);
        tables.series.add(count(undefined, nowMs), nowMs);
        return true;
      }),
  };
}

function openProcess(tables: Tables, write: Write, clock: Clock): CoreMethods['process'] {
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

function load(keys: StateKeys, { jobs, runs, deployments, recovery, properties }: Tables): KnownStates {
  return {
    jobs: [...jobs.load(keys.jobs), ...(keys.jobsOfRuns?.flatMap((runId) => jobs.ofRun(runId)) ?? [])],
    runs: runs.load(keys.runs),
    deployments: deployments.load(keys.deployments),
    reviews: deployments.loadReviews(keys.reviews),
    repositories: properties.load(keys.repositories ?? []),
    forgottenBeforeMs: recovery.readMark(FORGOTTEN_BEFORE),
  };
}

function writeChanges(
  source: Source,
  changes: Changes,
  { outcomes, tables, nowMs }: { outcomes: AcceptOutcome[]; tables: Tables; nowMs: number },
): Processed {
  const { deliveries, jobs, runs, observations, workflows, recovery, properties } = tables;
  const { series, samples, traces, jobNumbers, history } = tables;
  for (const delivery of changes.queued) deliveries.enqueue(delivery);
  if ('leased' in source) deliveries.settle(source.leased, changes.failed, nowMs);
  for (const job of changes.jobs) {
    jobs.write(job);
    recovery.see(job.repository, nowMs);
  }
  for (const run of changes.runs) {
    runs.write(run);
    if (!isSettled(run)) workflows.note(run, nowMs);
    recovery.see(run.repository, nowMs);
  }
  for (const known of changes.repositories) properties.write(known);
  for (const deployment of changes.deployments) {
    tables.deployments.write(deployment);
    recovery.see(deployment.repository, nowMs);
  }
  for (const review of changes.reviews) tables.deployments.writeReview(review);
  for (const entry of changes.observations) observations.write(entry);
  series.add(changes.increments, nowMs);
  jobNumbers.add(changes.numbers);
  samples.append(changes.samples, nowMs);
  traces.append(changes.traceEntries, nowMs);
  history.add(changes.history);
  return { outcomes, outbox: samples.progress() };
}
