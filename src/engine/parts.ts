import { type Collector, startCollector } from '../collector/collector.ts';
import type { BranchGroup } from '../domain/branch-class.ts';
import { metricsWith } from '../domain/catalogue.ts';
import type { Clock, Logger, Store, WorkQueue } from '../domain/contracts.ts';
import { createSampling } from '../domain/event-sample.ts';
import type { LabelPolicy } from '../domain/label-policy.ts';
import { createMeasure } from '../domain/measure.ts';
import type { PriceRule } from '../domain/price/price-rules.ts';
import { createObserve } from '../github/observe.ts';
import { StoreBudget, type StoreBudgetOptions } from '../memory/store-budget.ts';
import { WorkingSet } from '../memory/working-set.ts';
import { Moments } from '../metrics/moments.ts';
import { openProcessMetrics, type ProcessMetrics } from '../metrics/process-metrics.ts';
import { Registry } from '../metrics/registry.ts';
import { openSqliteStore } from '../store/sqlite/store.ts';
import { startHousekeeping } from './housekeeping.ts';
import { type IncrementBuffer, openIncrementBuffer } from './increment-buffer.ts';
import { type Push, type PushOptions, startPush } from './push.ts';

export interface EngineOptions {
  readonly storageUrl: string;
  /** How long finished runs are kept; null: for ever. */
  readonly retentionMs: number | null;
  readonly batchSize: number;
  readonly atOnce: number;
  readonly maxAttempts: number;
  readonly metrics: {
    readonly durationBucketsMs: readonly number[];
    readonly stepDurations: boolean;
    readonly labelPolicy: LabelPolicy;
    readonly branchGroups: readonly BranchGroup[];
    readonly maxSeries: number;
    /** Null: series are never forgotten. */
    readonly idleExpiryMs: number | null;
  };
  readonly priceRules: readonly PriceRule[];
  readonly push: PushOptions;
  readonly memory: {
    /** For the states of the work in hand. */
    readonly workingSetBytes: number;
    /** For a store that is in memory; null for any other. */
    readonly storeBytes: number | null;
    readonly ttlMs: number;
  };
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What the engine is made of. */
export interface EngineParts {
  readonly store: Store;
  readonly registry: Registry;
  readonly processMetrics: ProcessMetrics;
  readonly buffer: IncrementBuffer;
  readonly push: Push;
  readonly working: WorkingSet;
  /** Null where the store is not in memory. */
  readonly budget: StoreBudget | null;
  readonly collector: Collector;
  /** Closes all of them, in the reverse order of the data flow. */
  close(): Promise<void>;
}

/**
 * Puts together the half of the service that owns the state: store → collector → metrics. Everything that was stored
 * before is in the metrics when this resolves. Throws the errors of opening the store.
 */
export async function openParts(options: EngineOptions): Promise<EngineParts> {
  const { clock, logger } = options;
  await using teardown = new AsyncDisposableStack();
  const metrics = metricsWith(options.metrics.durationBucketsMs);
  const registry = new Registry(metrics, { ...options.metrics, logger, clock });
  const moments = new Moments();
  const store = teardown.use(
    openSqliteStore({
      url: options.storageUrl,
      clock,
      admit(added) {
        const { increments, samples } = registry.admit(added);
        return { increments, samples: moments.place(samples) };
      },
      stored({ increments, samples }) {
        registry.apply(increments);
        moments.keep(samples);
      },
    }),
  );
  registry.restore(await store.readCells());
  const processMetrics = openProcessMetrics({ thread: 'engine' });
  teardown.defer(() => processMetrics.close());
  const buffer = openIncrementBuffer(store, logger);
  teardown.defer(() => buffer.close());
  const push = await startPush(options.push, { outbox: store, meter: buffer, clock, logger });
  teardown.defer(() => push.close());
  const working = new WorkingSet({
    queue: store,
    progress: () => store.outboxProgress(),
    meter: buffer,
    clock,
    logger,
    limitBytes: options.memory.workingSetBytes,
    ttlMs: options.memory.ttlMs,
  });
  const budget = openBudget(options, { store, meter: buffer });
  const housekeeping = startHousekeeping({
    store,
    registry,
    push,
    working,
    budget,
    clock,
    logger,
    retentionMs: options.retentionMs,
    ...options.metrics,
  });
  teardown.defer(() => housekeeping.close());
  // A store in memory needs nothing before it.
  const collector = openCollector(options, { store, states: budget === null ? working : store });
  teardown.defer(() => collector.close());
  const parts = teardown.move();
  return {
    store,
    registry,
    processMetrics,
    buffer,
    push,
    working,
    budget,
    collector,
    close: () => parts.disposeAsync(),
  };
}

function openBudget(
  { memory: { storeBytes, ttlMs }, clock, logger }: EngineOptions,
  parts: Pick<StoreBudgetOptions, 'store' | 'meter'>,
): StoreBudget | null {
  return storeBytes === null
    ? null
    : new StoreBudget({ ...parts, clock, logger, limitBytes: storeBytes, ttlMs });
}

function openCollector(
  options: EngineOptions,
  {
    store,
    states,
  }: { readonly store: Store; readonly states: Pick<WorkQueue, 'load' | 'commit' | 'acceptProcessed'> },
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
    observe: createObserve(options.metrics.branchGroups),
    measure: createMeasure({ ...options.metrics, priceRules: options.priceRules }),
    sampling: options.push.sinks.length === 0 ? () => [] : createSampling(options.metrics),
    ...options,
  });
}
