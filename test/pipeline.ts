import assert from 'node:assert/strict';
import { acceptAtOnce } from '../src/collector/at-once.ts';
import { readBatch } from '../src/collector/batch.ts';
import { enqueue, processBatch } from '../src/collector/process.ts';
import { releaseHolds } from '../src/collector/release-holds.ts';
import { settleRuns } from '../src/collector/settle-runs.ts';
import type { CompatName } from '../src/compat/names.ts';
import { metricsWith } from '../src/domain/catalogue.ts';
import type { Engine, ExpositionFormat, Inbox, Store } from '../src/domain/contracts.ts';
import type { Delivery } from '../src/domain/delivery.ts';
import { createSampling } from '../src/domain/event-sample.ts';
import { createRecordHistory } from '../src/domain/history.ts';
import type { LabelPolicy } from '../src/domain/label-policy.ts';
import { HOLD_MS } from '../src/domain/lifecycle/gate.ts';
import { createMeasure } from '../src/domain/measure.ts';
import { DURATION_BUCKETS_MS } from '../src/domain/metric.ts';
import { createCostOf } from '../src/domain/price/bill.ts';
import type { RepositoryLabel } from '../src/domain/repository-labels.ts';
import { Ledger } from '../src/engine/ledger.ts';
import { withCurrentLabels } from '../src/engine/readings.ts';
import { createObserve } from '../src/github/observe.ts';
import { actionOf, trimPayload } from '../src/github/trim-payload.ts';
import { renderExposition } from '../src/metrics/exposition.ts';
import { JobNumbers } from '../src/metrics/job-numbers.ts';
import { Registry } from '../src/metrics/registry.ts';
import { shapeReadings } from '../src/metrics/shape-readings.ts';
import { openSqliteStore } from '../src/store/sqlite/store.ts';
import { compatParts } from './compat/counted.ts';
import { openEmptyStore } from './empty-store.ts';
import { SILENT } from './fixtures/logger.ts';

/*
 * The service between the webhook listener and the scrape, in this process, without HTTP, threads and timers:
 * accepted deliveries are processed when the test says so, and the test sets the time.
 */

/** One webhook as GitHub sent it. */
export interface Webhook {
  readonly guid: string;
  readonly event: string;
  /** JSON text. */
  readonly body: string;
  /** By default `webhook`. */
  readonly source?: Delivery['source'];
}

export interface PipelineOptions {
  /** As `storage.url`; a file can be opened again. */
  readonly url?: string;
  /** The time, which the test may change. */
  readonly clock: { nowMs: number };
  readonly maxSeries?: number;
  /** Deliveries per transaction. */
  readonly batchSize?: number;
  /** As `metrics.failed_steps`. */
  readonly failedSteps?: boolean;
  /** As `metrics.branch_bases`. */
  readonly branchBases?: boolean;
  readonly repositoryLabels?: readonly RepositoryLabel[];
  readonly labelPolicy?: LabelPolicy;
  /** As `github.annotations`. */
  readonly asksReasons?: boolean;
  /** As `metrics.compat`. */
  readonly compat?: readonly CompatName[];
}

export interface Pipeline extends AsyncDisposable {
  readonly store: Store;
  readonly ledger: Ledger;
  /** The store, with the queue in front of it. */
  readonly engine: Store & Inbox & Pick<Engine, 'countOnce'>;
  readonly registry: Registry;
  /** Puts them into the queue. */
  accept(deliveries: readonly Delivery[]): Promise<void>;
  /** Processes them in the transactions that accept them, `batchSize` in each. */
  acceptAtOnce(deliveries: readonly Delivery[]): Promise<void>;
  /** Processes at most so many batches, by default all. */
  process(batches?: number): Promise<void>;
  /**
   * Loses the next batch, and the deliveries that arrive then, in the middle of their transactions. Nothing
   * works from then on.
   */
  breakTransaction(arriving: readonly Delivery[]): Promise<void>;
  /**
   * Processes everything, lets the time pass in which events of gates may arrive, and counts what was held
   * for them.
   */
  settle(): Promise<void>;
  /** The exposition of the metrics whose names start with `prefix`. */
  text(prefix?: string): Promise<string>;
  /** The exposition of a set of metrics under names of others. */
  compatText(name: CompatName): Promise<string>;
  /** The whole exposition. */
  render(format: ExpositionFormat): Promise<string>;
}

const LEASE_MS = 60_000;
const CATALOGUE = metricsWith(DURATION_BUCKETS_MS);
const observe = createObserve([]);
const sampling = createSampling({ stepDurations: false });
const record = createRecordHistory({ priceRules: [] });
const counting = { durationBucketsMs: DURATION_BUCKETS_MS, stepDurations: false, priceRules: [] };

const costOf = createCostOf({ priceRules: [] });

/** How deliveries are read and counted in tests. */
export const PROCESSING_RULES = { observe, measure: createMeasure(counting), sampling, record, costOf };

/** The delivery that the webhook listener makes of it. */
export function deliveryOf(
  { guid, event, body, source = 'webhook' }: Webhook,
  receivedAtMs: number,
): Delivery {
  const payload: unknown = JSON.parse(body);
  return {
    guid,
    event,
    action: actionOf(payload),
    source,
    receivedAtMs,
    payload: trimPayload(event, payload),
  };
}

function rulesOf({
  failedSteps = false,
  branchBases = false,
  asksReasons = false,
  repositoryLabels = [],
}: Pick<PipelineOptions, 'failedSteps' | 'branchBases' | 'asksReasons' | 'repositoryLabels'>) {
  return {
    ...PROCESSING_RULES,
    measure: createMeasure({ ...counting, failedSteps }),
    observe: createObserve([], {
      reportsRepositories: repositoryLabels.length > 0,
      hasBases: branchBases,
      classifiesJobs: true,
    }),
    repositoryLabels,
    asksReasons,
  };
}

async function renderAll(
  {
    store,
    ...stored
  }: {
    readonly store: Store;
    readonly registry: ReturnType<Registry['only']>;
    readonly jobNumbers: JobNumbers;
  },
  how: {
    readonly format: ExpositionFormat;
    readonly shape: Parameters<typeof shapeReadings>[1];
    readonly repositoryLabels: readonly RepositoryLabel[];
    readonly nowMs: number;
  },
): Promise<string> {
  const activity = await withCurrentLabels(await store.readActivity(how.nowMs), store, how.repositoryLabels);
  const readings = shapeReadings(activity, how.shape);
  return Buffer.from(await renderExposition({ ...stored, readings, format: how.format })).toString();
}

/** Opens the store and wires the parts as the engine does. */
export async function openPipeline({
  url = 'memory:',
  clock,
  maxSeries = 10_000,
  batchSize = 50,
  labelPolicy = new Map(),
  compat: compatSets = [],
  ...counted
}: PipelineOptions): Promise<Pipeline> {
  const now = () => clock.nowMs;
  const shape = { labelPolicy, maxSeries };
  const compat = compatParts(compatSets, maxSeries);
  const registry = new Registry([...CATALOGUE, ...compat.counted], { ...shape, logger: SILENT, steady: now });
  const jobNumbers = new JobNumbers({ maxSeries, steady: now });
  const store = await (url === 'memory:' ? openEmptyStore(now) : openSqliteStore({ url, clock: now }));
  let isBroken = false;
  const series = () =>
    isBroken ? assert.fail(new Error('the power is gone')) : { registry, jobNumbers, pushes: true };
  const ledger = new Ledger({ store, rules: series, working: null });
  const stored = await store.readSeries();
  registry.restore(stored.cells);
  jobNumbers.apply(stored.numbers);

  const ofPipeline = { ...rulesOf(counted), compat: compat.measure };
  const rules = () => ofPipeline;
  const direct = { queue: ledger, rules, logger: SILENT, atOnce: batchSize };

  async function processNext(): Promise<number> {
    const leased = await store.lease(batchSize, LEASE_MS);
    if (leased.length === 0) return 0;
    const { read, unreadable } = readBatch(leased, rules().observe);
    assert.deepEqual(unreadable, []);
    await processBatch({ leased }, { read }, direct);
    return leased.length;
  }

  const render = (format: ExpositionFormat) =>
    renderAll(
      { store, registry: registry.only(CATALOGUE), jobNumbers },
      { format, shape, ...ofPipeline, nowMs: now() },
    );

  return {
    store,
    ledger,
    engine: {
      ...store,
      accept: (deliveries) => enqueue(deliveries, ledger),
      countOnce: (change, increments) => ledger.countOnce(change, increments),
    },
    registry,
    async accept(deliveries) {
      await enqueue(deliveries, ledger);
    },
    async acceptAtOnce(deliveries) {
      for (let at = 0; at < deliveries.length; at += batchSize) {
        const group = deliveries.slice(at, at + batchSize);
        const outcomes = await acceptAtOnce(group, direct);
        assert.equal(outcomes?.length, group.length);
      }
    },
    async process(batches = Number.POSITIVE_INFINITY) {
      for (let batch = 0; batch < batches && (await processNext()) > 0; batch += 1);
    },
    async breakTransaction(arriving) {
      isBroken = true;
      assert.equal(await acceptAtOnce(arriving, direct), null);
      try {
        await processNext();
      } catch (error) {
        assert.equal((error as Error).message, 'the power is gone');
      }
    },
    async settle() {
      while ((await processNext()) > 0);
      clock.nowMs += HOLD_MS;
      await countHeld({ queue: ledger, rules, clock: now });
      assert.deepEqual(await store.queueStatus(), { pending: 0, retrying: 0, parked: 0, oldestMs: null });
    },
    async text(prefix = 'github_actions_') {
      const lines = (await render('text')).split('\n');
      return lines.filter((line) => line.replace(/^# (HELP|TYPE) /, '').startsWith(prefix)).join('\n');
    },
    compatText: async (name) => compat.textOf(name, await store.readActivity(now()), registry),
    render,
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}

/** Counts what was held back until now. */
async function countHeld(options: Parameters<typeof releaseHolds>[0] & Parameters<typeof settleRuns>[0]) {
  const { queue, clock } = options;
  while ((await queue.heldJobs(clock(), 1)).length > 0) await releaseHolds(options);
  await settleRuns(options);
}
