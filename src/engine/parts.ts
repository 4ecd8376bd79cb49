import { type Collector, startCollector } from '../collector/collector.ts';
import type { Clock, Logger, Store, WorkQueue } from '../domain/contracts.ts';
import { StoreBudget, type StoreBudgetOptions } from '../memory/store-budget.ts';
import { WorkingSet } from '../memory/working-set.ts';
import { type IncrementBuffer, openIncrementBuffer } from '../metrics/increment-buffer.ts';
import { openProcessMetrics, type ProcessMetrics } from '../metrics/process-metrics.ts';
import { Moments } from '../metrics/unique-timestamps.ts';
import { openSqliteStore } from '../store/sqlite/store.ts';
import type { Teardown } from '../timing/teardown.ts';
import { ActiveConfig } from './active-config.ts';
import { createAdmission } from './admission.ts';
import { beginLife, type Life } from './clean-shutdown.ts';
import { ENGINE_ZEROS } from './closed-sets.ts';
import { guardStore } from './guard-store.ts';
import { startHousekeeping } from './housekeeping.ts';
import type { EngineValues } from './rules.ts';

export interface EngineOptions extends EngineValues {
  readonly storageUrl: string;
  readonly batchSize: number;
  readonly atOnce: number;
  readonly maxAttempts: number;
  readonly memory: {
    /** For the states of the work in hand. */
    readonly workingSetBytes: number;
    /** For a store that is in memory; null for any other. */
    readonly storeBytes: number | null;
  };
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What the engine is made of. */
export interface EngineParts {
  readonly store: Store;
  /** As `GuardedStore.damaged`. */
  readonly damaged: Promise<never>;
  readonly config: ActiveConfig;
  readonly processMetrics: ProcessMetrics;
  readonly buffer: IncrementBuffer;
  readonly working: WorkingSet;
  /** Null where the store is not in memory. */
  readonly budget: StoreBudget | null;
  readonly collector: Collector;
}

/**
 * Puts together the half of the service that owns the state: store → collector → metrics. Everything that was stored
 * before is in the metrics when this resolves. `teardown` closes all of it. Throws the errors of opening the store.
 */
export async function openParts(options: EngineOptions, teardown: Teardown): Promise<EngineParts> {
  const { clock, logger } = options;
  const config = new ActiveConfig(options, options);
  const { store, damaged } = guardStore(
    openSqliteStore({
      url: options.storageUrl,
      clock,
      ...createAdmission({ rules: () => config.rules, moments: new Moments() }),
    }),
  );
  teardown.add('store', () => store[Symbol.asyncDispose]());
  let life: Life | null = null;
  teardown.add('note of the end', async () => life?.end());
  const processMetrics = openProcessMetrics({ thread: 'engine' });
  teardown.add('process metrics', () => processMetrics.close());
  const buffer = openIncrementBuffer((increments) => store.addIncrements(increments), logger);
  teardown.add('self-metrics', () => buffer.close());
  await config.replace(options, { store, meter: buffer });
  buffer.add(ENGINE_ZEROS);
  // Not before what is stored was read: it may be damaged, and then nothing is written.
  life = await beginLife(store, options);
  teardown.add('receivers', () => config.close());
  const working = new WorkingSet({
    queue: store,
    progress: () => store.outboxProgress(),
    meter: buffer,
    clock,
    logger,
    limitBytes: options.memory.workingSetBytes,
    ttlMs: () => config.rules.values.ttlMs,
  });
  const budget = openBudget(options, { store, meter: buffer, ttlMs: () => config.rules.values.ttlMs });
  const housekeeping = startHousekeeping({ store, config, working, budget, clock, logger });
  teardown.add('housekeeping', () => housekeeping.close());
  // A store in memory needs nothing before it.
  const states = budget === null ? working : store;
  const collector = openCollector({ ...options, afterCrash: life.afterCrash }, { store, config, states });
  teardown.add('collector', () => collector.close());
  return {
    store,
    damaged,
    config,
    processMetrics,
    buffer,
    working,
    budget,
    collector,
  };
}

function openBudget(
  { memory: { storeBytes }, clock, logger }: EngineOptions,
  parts: Pick<StoreBudgetOptions, 'store' | 'meter' | 'ttlMs'>,
): StoreBudget | null {
  return storeBytes === null ? null : new StoreBudget({ ...parts, clock, logger, limitBytes: storeBytes });
}

/** Each delivery is processed by the rules that are in force then. */
function openCollector(
  options: EngineOptions & { readonly afterCrash: boolean },
  {
    store,
    config,
    states,
  }: {
    readonly store: Store;
    readonly config: Pick<ActiveConfig, 'rules'>;
    readonly states: Pick<WorkQueue, 'load' | 'commit' | 'acceptProcessed'>;
  },
): Collector {
  return startCollector({
    queue: {
      accept: (deliveries) => store.accept(deliveries),
      lease: (limit, leaseMs) => store.lease(limit, leaseMs),
      heldJobs: (nowMs, limit) => store.heldJobs(nowMs, limit),
      load: (keys) => states.load(keys),
      commit: (changes) => states.commit(changes),
      acceptProcessed: (deliveries, process) => states.acceptProcessed(deliveries, process),
    },
    observe: (delivery) => config.rules.observe(delivery),
    measure: (fact) => config.rules.measure(fact),
    sampling: (fact) => config.rules.sampling(fact),
    ...options,
  });
}
