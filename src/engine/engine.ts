import { startCollector } from '../collector/collector.ts';
import type { BranchGroup } from '../domain/branch-class.ts';
import { metricsWith } from '../domain/catalogue.ts';
import type { Clock, Engine, ExpositionFormat, Logger } from '../domain/contracts.ts';
import { createSampling } from '../domain/event-sample.ts';
import type { LabelPolicy } from '../domain/label-policy.ts';
import { createMeasure } from '../domain/measure.ts';
import type { GaugeReading } from '../domain/metric.ts';
import type { PriceRule } from '../domain/price/price-rules.ts';
import { createObserve } from '../github/observe.ts';
import { renderExposition } from '../metrics/exposition.ts';
import { openProcessMetrics } from '../metrics/process-metrics.ts';
import { shapeReadings } from '../metrics/readings.ts';
import { Registry } from '../metrics/registry.ts';
import { openSqliteStore } from '../store/sqlite/store.ts';
import { startHousekeeping } from './housekeeping.ts';
import { openIncrementBuffer } from './increment-buffer.ts';
import { type PushOptions, startPush } from './push.ts';
import { engineReadings } from './readings.ts';

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
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface RunningEngine extends Engine {
  /** Rejects when a part of the engine fails for good; resolves after `close`. */
  readonly done: Promise<void>;
  close(): Promise<void>;
}

const PARKED_SHOWN = 20;

/**
 * Puts together the half of the service that owns the state: store → collector → metrics. Everything that was stored
 * before is in the metrics when this resolves. Throws the errors of opening the store.
 */
export async function startEngine(options: EngineOptions): Promise<RunningEngine> {
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
  const housekeeping = startHousekeeping({ store, registry, push, clock, logger, ...options.metrics });
  teardown.defer(() => housekeeping.close());
  const collector = startCollector({
    queue: store,
    observe: createObserve(options.metrics.branchGroups),
    measure: createMeasure({ ...options.metrics, priceRules: options.priceRules }),
    sampling: options.push.sinks.length === 0 ? () => [] : createSampling(options.metrics),
    ...options,
  });
  teardown.defer(() => collector.close());
  const parts = teardown.move();
  const readings = () => engineReadings({ store, registry, push, processMetrics, clock });

  async function render(format: ExpositionFormat, gauges: readonly GaugeReading[]): Promise<Uint8Array> {
    await buffer.flush();
    const shaped = shapeReadings([...gauges, ...(await readings())], options.metrics);
    return renderExposition({ registry, format, readings: shaped });
  }

  return {
    async accept(deliveries) {
      const outcomes = await store.accept(deliveries);
      collector.wake();
      return outcomes;
    },
    async count(increments) {
      buffer.add(increments);
    },
    async replayParked(guid) {
      const replayed = await store.replayParked(guid);
      collector.wake();
      return replayed;
    },
    scrape: render,
    async pushSnapshot(gauges) {
      await push.snapshot(await render('text', gauges), clock());
    },
    deadSamples: (limit) => store.deadSamples(limit),
    async health() {
      return {
        queue: await store.queueStatus(),
        parked: await store.parkedDeliveries(PARKED_SHOWN),
        lastProcessedAtMs: collector.lastProcessedAtMs,
        sinks: await push.health(),
        series: [...registry.seriesCounts().values()].reduce((sum, count) => sum + count, 0),
      };
    },
    explainJob: (jobId) => store.explainJob(jobId),
    explainRun: (runId) => store.explainRun(runId),
    proveDurable: () => store.proveDurable(),
    done: Promise.all([collector.done, push.done]).then(() => undefined),
    close: () => parts.disposeAsync(),
  };
}
