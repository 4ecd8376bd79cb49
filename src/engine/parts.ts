import { Collector } from '../collector/collector.ts';
import type { Logger, Store } from '../domain/contracts.ts';
import type { ReplicaSelf } from '../domain/replica.ts';
import { countingLogger } from '../logger/counting-logger.ts';
import { StoreBudget } from '../memory/store-budget.ts';
import { WorkingSet } from '../memory/working-set.ts';
import { type IncrementBuffer, openIncrementBuffer } from '../metrics/increment-buffer.ts';
import type { ProcessMetrics } from '../metrics/process-metrics.ts';
import { isSharedStore } from '../store/shared-store.ts';
import { openSqliteStore } from '../store/sqlite/store.ts';
import { repeatEvery } from '../timing/repeat.ts';
import { unlessUnavailable } from '../timing/retry.ts';
import type { CorrectableTime } from '../timing/service-time.ts';
import type { SharedLease } from '../timing/shared-lease.ts';
import type { SharedMoment } from '../timing/shared-moment.ts';
import type { Teardown } from '../timing/teardown.ts';
import { ActiveConfig } from './active-config.ts';
import { startHousekeeping } from './housekeeping.ts';
import { Ledger } from './ledger.ts';
import { Membership } from './membership.ts';
import type { EngineValues } from './rules.ts';
import { ENGINE_ZEROS } from './zeros.ts';

export interface EngineOptions extends EngineValues {
  readonly storageUrl: string;
  /** Of a database server; null: none. */
  readonly storagePassword: string | null;
  readonly batchSize: number;
  readonly atOnce: number;
  readonly maxAttempts: number;
  readonly memory: {
    /** For the states of the work in hand. */
    readonly workingSetBytes: number;
    /** For a store that is in memory; null for any other. */
    readonly storeBytes: number | null;
  };
  readonly time: CorrectableTime;
  readonly self: ReplicaSelf;
  /** As `MembershipOptions.lead`. */
  readonly lead: SharedLease;
  /** Gets the time of each change, once it is stored. */
  readonly changed: SharedMoment;
  readonly logger: Logger;
  /** Of the thread that the engine has to itself; absent: it has none. */
  readonly processMetrics?: ProcessMetrics;
}

const FOLLOW_EVERY_MS = 500;

/** What the engine is made of. */
export interface EngineParts {
  readonly store: Store;
  /** Whether other processes may use the same store. */
  readonly isShared: boolean;
  readonly ledger: Ledger;
  readonly config: ActiveConfig;
  readonly processMetrics: ProcessMetrics | null;
  readonly buffer: IncrementBuffer;
  readonly working: WorkingSet;
  /** Null where the store is not in memory. */
  readonly budget: StoreBudget | null;
  readonly collector: Collector;
  readonly membership: Membership;
  /** When something was last processed, here or by another process. */
  readonly changed: SharedMoment;
}

/**
 * Puts together the half of the service that owns the state: store → collector → metrics. Everything that was
 * stored before is in the metrics when this resolves. `teardown` closes all of it. Throws the errors of
 * opening the store.
 */
export async function openParts(options: EngineOptions, teardown: Teardown): Promise<EngineParts> {
  const { time, batchSize, atOnce, maxAttempts } = options;
  const { clock, steady } = time;
  const numbers = await openNumbers(options, teardown);
  const { store, isShared, ledger, config, working, buffer, logger } = numbers;
  await store.follow(ledger);
  // Nobody else can.
  if (!isShared) options.lead.hold(Number.POSITIVE_INFINITY);
  await config.replace(options, { ledger, meter: buffer });
  buffer.add(ENGINE_ZEROS);
  // Not before what is stored was read: it may be damaged, and then nothing is written.
  await unlessUnavailable(
    () => ledger.correctClock(0, time),
    () => undefined,
  );
  const membership = await Membership.join({ ...options, store, clock, logger });
  teardown.add('membership', () => membership.close());
  teardown.add('receivers', () => config.close());
  const budget = openBudget(options, numbers);
  const housekeeping = startHousekeeping({
    ...{ store, ledger, config, working, budget },
    time,
    logger,
    lead: options.lead,
  });
  teardown.add('housekeeping', () => housekeeping.close());
  const rules = () => config.rules;
  const collector = new Collector({
    queue: ledger,
    rules,
    clock,
    steady,
    logger,
    batchSize,
    atOnce,
    maxAttempts,
    onProcessed: (atMs) => options.changed.note(atMs),
  });
  if (isShared) {
    // Nothing else would make an idle process follow the others.
    const following = repeatEvery(FOLLOW_EVERY_MS, () =>
      unlessUnavailable(
        () => ledger.catchUp(),
        () => undefined,
      ),
    );
    teardown.add('following', () => following.close());
  }
  membership.watchCrashes((ageMs) => collector.noteCrash(ageMs));
  teardown.add('collector', () => collector.close());
  return { ...numbers, membership, budget, collector, changed: options.changed };
}

type Numbers = Omit<EngineParts, 'budget' | 'collector' | 'membership' | 'changed'> & {
  readonly logger: Logger;
};

/** The store, and what keeps the numbers in memory equal to it. */
async function openNumbers(options: EngineOptions, teardown: Teardown): Promise<Numbers> {
  const { time, processMetrics = null } = options;
  const { steady } = time;
  const { workingSetBytes, storeBytes } = options.memory;
  const isShared = isSharedStore(options.storageUrl);
  const store = await openStore(options, () => logger);
  teardown.add('store', () => store[Symbol.asyncDispose]());
  teardown.add('process metrics', () => processMetrics?.close());
  const buffer = openIncrementBuffer((increments) => ledger.add(increments), options.logger);
  teardown.add('self-metrics', () => buffer.close());
  const logger = countingLogger(options.logger, buffer);
  const config = new ActiveConfig(options, { time, logger, isShared, lead: options.lead });
  const working = new WorkingSet({
    progress: () => store.samples.progress(),
    meter: buffer,
    steady,
    logger,
    limitBytes: workingSetBytes,
    ttlMs: () => config.rules.values.ttlMs,
  });
  const ledger = new Ledger({
    store,
    rules: () => config.rules,
    // What others write would make it stale.
    working: storeBytes === null && !isShared ? working : null,
    onOthers: () => options.changed.note(time.clock()),
  });
  return {
    store,
    isShared,
    ledger,
    config,
    processMetrics,
    buffer,
    working,
    logger,
  };
}

/** `logger` is asked for at each line: the one that counts its lines needs the store. */
async function openStore(
  { storageUrl: url, storagePassword: password, time: { clock, steady } }: EngineOptions,
  current: () => Logger,
): Promise<Store> {
  const logger: Pick<Logger, 'warn' | 'error'> = {
    warn: (code, fields) => current().warn(code, fields),
    error: (code, fields) => current().error(code, fields),
  };
  if (!isSharedStore(url)) return openSqliteStore({ url, clock, steady, logger });
  const { openPostgresStore } = await import('../store/postgres/store.ts');
  return openPostgresStore({ url, password, steady, logger });
}

/** Null where the store is not in memory. */
function openBudget(
  { memory: { storeBytes: limitBytes }, time: { clock } }: EngineOptions,
  { store, ledger, config, buffer: meter, logger }: Numbers,
): StoreBudget | null {
  if (limitBytes === null) return null;
  const ttlMs = () => config.rules.values.ttlMs;
  return new StoreBudget({ store, ledger, meter, clock, logger, limitBytes, ttlMs });
}
