import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRandom } from '../../../simulator/random.ts';
import { deliveryOf, type Webhook } from '../../../test/pipeline.ts';
import { cutConnections, openPostgresDatabases } from '../../../test/postgres-databases.ts';
import { NOW, smallWorlds } from '../../../test/small-worlds.ts';
import { accept, cellsOf, delivery } from '../../../test/store-conformance/store-case.ts';
import { TRACING_RULES } from '../../../test/traced.ts';
import { WATCHED_SINK, wholeStore } from '../../../test/whole-store.ts';
import { readBatch } from '../../collector/batch.ts';
import { processBatch } from '../../collector/process.ts';
import type { Store, WorkQueue } from '../../domain/contracts.ts';
import type { AcceptOutcome, Delivery } from '../../domain/delivery.ts';
import { AntError } from '../../domain/errors.ts';
import { SELF } from '../../domain/own-metrics.ts';
import { openSqliteStore } from '../sqlite/store.ts';
import { openPostgresStore } from './store.ts';

/*
 * Several processes that use one database: each has a store of its own.
 */

const CASES = Number(process.env['ANT_WATCHER_TEST_CASES'] ?? 1);
const databases = openPostgresDatabases();
const clock = () => NOW;

interface Stores extends AsyncDisposable {
  readonly url: string;
  readonly stores: readonly Store[];
}

async function openStores(count: number): Promise<Stores> {
  const url = await databases.create();
  const each = Array.from({ length: count }, () => openPostgresStore({ url, password: null, clock }));
  const stores = await Promise.all(each);
  return {
    url,
    stores,
    async [Symbol.asyncDispose]() {
      await Promise.all(stores.map((store) => store[Symbol.asyncDispose]()));
    },
  };
}

/** Tries again what failed because there was no connection. */
async function untilAvailable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'store_unavailable') throw error;
    return untilAvailable(work);
  }
}

test('postgres: of the same delivery that reaches two processes at the same instant, one is accepted', async () => {
  await using opened = await openStores(2);
  for (let round = 0; round < 20; round += 1) {
    const outcomes = await Promise.all(
      opened.stores.map((store) => accept(store, [delivery(`id-${round}`), delivery(`of-both-${round}`)])),
    );
    assert.deepEqual(outcomes.map(String).sort(), ['accepted,accepted', 'duplicate,duplicate']);
  }
  const [store] = opened.stores as [Store];
  assert.equal((await store.queueStatus()).pending, 40);
  const counted = (await cellsOf(store)).filter(({ metric }) => metric === SELF.deliveries.name);
  assert.deepEqual(
    counted.map(({ value }) => value),
    [40, 40],
  );
});

/** What `decide` saw of a batch in one transaction, which may have been undone. */
interface Attempt {
  readonly batch: number;
  readonly outcomes: readonly AcceptOutcome[];
}

const plans = fc.record({
  world: smallWorlds,
  shuffle: fc.nat(),
  processes: fc.integer({ min: 1, max: 3 }),
  batchSize: fc.integer({ min: 1, max: 9 }),
  /** In which transactions the rules throw, and in which all connections are lost. */
  throws: fc.array(fc.nat(30), { maxLength: 3 }),
  cut: fc.option(fc.nat(30)),
});

test('postgres: any split of the reports among processes, in any order, with transactions that are undone, ends as one process ends', async () => {
  await fc.assert(
    fc.asyncProperty(plans, async (plan) => {
      await using opened = await openStores(plan.processes);
      await using single = await openSqliteStore({ url: 'memory:', clock });
      for (const store of [single, opened.stores[0]])
        await store?.openSinks({ samples: [WATCHED_SINK], traces: [WATCHED_SINK] });
      const batches = batchesOf(plan);
      const attempts = await processAll(opened, batches, plan);
      for (const { batch, outcomes } of committed(attempts)) {
        const again = await processOne(single, batches[batch] ?? []);
        assert.deepEqual(again, outcomes);
      }
      const runIds = runIdsOf(plan.world);
      const expected = await wholeStore(single, { runIds, nowMs: NOW });
      for (const store of opened.stores)
        assert.deepEqual(await untilAvailable(() => wholeStore(store, { runIds, nowMs: NOW })), expected);
    }),
    { numRuns: Math.max(1, Math.round(40 * CASES)) },
  );
});

function batchesOf({
  world,
  shuffle,
  batchSize,
}: {
  world: readonly Webhook[];
  shuffle: number;
  batchSize: number;
}): Delivery[][] {
  const deliveries = world.map((each) => deliveryOf(each, NOW));
  const random = createRandom(`${shuffle}`);
  const shuffled = deliveries.map((each) => ({ each, place: random.int(0, 2 ** 30) }));
  const order = shuffled.sort((one, other) => one.place - other.place).map(({ each }) => each);
  return Array.from({ length: Math.ceil(order.length / batchSize) }, (_, index) =>
    order.slice(index * batchSize, (index + 1) * batchSize),
  );
}

/** All at once; answers the attempts in the order of their transactions. */
async function processAll(
  { url, stores }: Stores,
  batches: readonly (readonly Delivery[])[],
  { throws, cut }: { readonly throws: readonly number[]; readonly cut: number | null },
): Promise<Attempt[]> {
  const attempts: Attempt[] = [];
  let cutting: Promise<void> = Promise.resolve();
  const process = (batch: number, store: Store) =>
    processOne(store, batches[batch] ?? [], (outcomes) => {
      const place = attempts.length;
      attempts.push({ batch, outcomes });
      if (place === cut) cutting = cutConnections(url);
      if (throws.includes(place)) throw new AntError('store_unavailable', 'of this test');
    });
  await Promise.all(
    batches.map((_, batch) => untilAvailable(() => process(batch, stores[batch % stores.length] as Store))),
  );
  await cutting;
  return attempts;
}

async function processOne(
  store: Store,
  arrived: readonly Delivery[],
  onDecide: (outcomes: readonly AcceptOutcome[]) => void = () => undefined,
): Promise<readonly AcceptOutcome[]> {
  const queue: Pick<WorkQueue, 'process'> = {
    process: (source, keys, decide) =>
      store.process(source, keys, (outcomes, known, nowMs) => {
        onDecide(outcomes);
        return decide(outcomes, known, nowMs);
      }),
  };
  const { read } = readBatch(arrived, TRACING_RULES.observe);
  return (await processBatch({ arrived }, { read }, { queue, rules: () => TRACING_RULES })).outcomes;
}

/**
 * Those that were not undone: of each batch the last. Was the one before it stored, though its process did not hear
 * so, then the last found duplicates.
 */
function committed(attempts: readonly Attempt[]): Attempt[] {
  return attempts.filter(({ batch, outcomes }, place) => {
    const later = attempts.slice(place + 1).filter((other) => other.batch === batch);
    return (
      later.length === 0 ||
      (outcomes.includes('accepted') && !later.some((other) => other.outcomes.includes('accepted')))
    );
  });
}

function runIdsOf(world: readonly Webhook[]): number[] {
  const ids = world.map(({ body }) => {
    const { workflow_run: run, workflow_job: job } = JSON.parse(body);
    return Number(run?.id ?? job?.run_id ?? 0);
  });
  return [...new Set(ids)].filter((id) => id > 0).sort();
}
