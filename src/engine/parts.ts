import { type Collector, startCollector } from '../collector/collector.ts';
import type { BranchGroup } from '../domain/branch-class.ts';
import { metricsWith } from '../domain/catalogue.ts';
import type { Clock, Logger, Store } from '../domain/contracts.ts';
import { createSampling } from '../domain/event-sample.ts';
import type { LabelPolicy } from '../domain/label-policy.ts';
import { createMeasure } from '../domain/measure.ts';
import type { PriceRule } from '../domain/price/price-rules.ts';
import { createObserve } from '../github/observe.ts';
import { WorkingSet } from '../memory/working-set.ts';
import { openProcessMetrics, type ProcessMetrics } from '../metrics/process-metrics.ts';
import { Registry } from '../metrics/registry.ts';
import { openSqliteStore } from '../store/sqlite/store.ts';
import { startHousekeeping } from './housekeeping.ts';
import { type IncrementBuffer, openIncrementBuffer } from './increment-buffer.ts';
import { type Push, type PushOptions, startPush } from './push.ts';

export interface EngineOptions {
  readonly storageUrl: string;
  readonly batchSize: number;
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
  const store = teardown.use(
    openSqliteStore({
      url: options.storageUrl,
      clock,
      admit: (added) => registry.admit(added),
      stored: (increments) => registry.apply(increments),
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
  const housekeeping = startHousekeeping({
    store,
    registry,
    push,
    working,
    clock,
    logger,
    ...options.metrics,
  });
  teardown.defer(() => housekeeping.close());
  const collector = startCollector({
    queue: {
      lease: (limit, leaseMs) => store.lease(limit, leaseMs),
      heldJobs: (nowMs, limit) => store.heldJobs(nowMs, limit),
      load: (keys) => working.load(keys),
      commit: (changes) => working.commit(changes),
    },
    observe: createObserve(options.metrics.branchGroups),
    measure: createMeasure({ ...options.metrics, priceRules: options.priceRules }),
    sampling: options.push.sinks.length === 0 ? () => [] : createSampling(options.metrics),
    ...options,
  });
  teardown.defer(() => collector.close());
  const parts = teardown.move();
  return {
    store,
    registry,
    processMetrics,
    buffer,
    push,
    working,
    collector,
    close: () => parts.disposeAsync(),
  };
}
