import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { SILENT } from '../../test/fixtures/logger.ts';
import { countOf, histogramIncrements, type Increment, type Metric } from '../domain/metric.ts';
import { SHOWN_MS } from './exemplars.ts';
import { renderExposition } from './exposition.ts';
import { Registry } from './registry.ts';

const JOBS: Metric = { name: 'jobs_total', type: 'counter', labels: ['job'], help: 'Jobs.' };
const QUEUE: Metric = {
  name: 'queue_seconds',
  type: 'histogram',
  labels: ['job'],
  help: 'Queue.',
  scale: 1000,
  buckets: [1000],
};

function openRegistry() {
  const time = { nowMs: 0 };
  const options = { logger: SILENT, steady: () => time.nowMs, labelPolicy: new Map(), maxSeries: 100_000 };
  return { time, registry: new Registry([JOBS, QUEUE], options) };
}

/** A job of this number took so long, in both metrics; some have an exemplar. */
function observed(job: number, ms: number): Increment[] {
  const [bucket, ...sum] = histogramIncrements(QUEUE, [`ä ${job}`], ms);
  assert.ok(bucket !== undefined);
  const exemplar = { runId: 1, runAttempt: 1, jobId: job, ms, atMs: 1_800_000_000_000 + ms };
  return [countOf(JOBS, [`ä ${job}`], 1), ms % 3 === 0 ? { ...bucket, exemplar } : bucket, ...sum];
}

/** In all forms, each compared with what is not compressed. */
async function expectSame(registry: Registry): Promise<void> {
  for (const format of ['text', 'openmetrics'] as const)
    for (const createdTimestamps of [false, true])
      for (const exemplars of [null, registry.exemplars]) {
        const source = { registry, readings: [], format, createdTimestamps, exemplars };
        const packed = await renderExposition({ ...source, packed: registry.packed });
        assert.equal(String(gunzipSync(packed)), String(Buffer.from(await renderExposition(source))));
      }
}

test('unpacked, it is what is not compressed, whatever has changed since the last one', async () => {
  const job = fc.nat(300);
  const step = fc.oneof(
    fc.array(fc.tuple(job, fc.nat(3000)), { maxLength: 3 }).map((seen) => ({ seen })),
    fc.tuple(job, fc.integer({ min: 1, max: 200 })).map(([first, count]) => ({ first, count })),
    fc.array(job, { maxLength: 5 }).map((removed) => ({ removed })),
    fc.constantFrom(SHOWN_MS / 2, SHOWN_MS).map((laterMs) => ({ laterMs })),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const { registry, time } = openRegistry();
      for (let number = 0; number < 200; number += 1) registry.apply(observed(number, number));
      for (const each of steps) {
        if ('seen' in each) registry.apply(each.seen.flatMap(([number, ms]) => observed(number, ms)));
        else if ('first' in each)
          for (let number = 0; number < each.count; number += 1)
            registry.apply(observed(each.first + number, 5));
        else if ('removed' in each)
          registry.remove(
            each.removed.flatMap((number) =>
              [JOBS, QUEUE].map(({ name }) => ({ metric: name, labels: [`ä ${number}`] })),
            ),
          );
        else time.nowMs += each.laterMs;
        await expectSame(registry);
      }
    }),
    { numRuns: 30 },
  );
});

test('only the series around a change are compressed again', async () => {
  const { registry } = openRegistry();
  for (let number = 0; number < 1000; number += 1) registry.apply(observed(number, 1));
  const partsOf = async () => {
    await renderExposition({ registry, readings: [], format: 'text', packed: registry.packed });
    const kept = registry.packed.of('text false false');
    return registry.blocksOf(QUEUE).map(({ block }) => kept.get(block)?.part);
  };
  const before = await partsOf();
  assert.ok(before.length > 10 && before.every((part) => part !== undefined));
  assert.deepEqual(
    (await partsOf()).filter((part, index) => part !== before[index]),
    [],
  );
  registry.apply(observed(500, 1));
  assert.equal((await partsOf()).filter((part, index) => part !== before[index]).length, 1);
});

test('a series in place of another is shown', async () => {
  const { registry } = openRegistry();
  for (let number = 0; number < 120; number += 1) registry.apply(observed(number, 1));
  await expectSame(registry);
  registry.remove([{ metric: JOBS.name, labels: ['ä 100'] }]);
  registry.apply([countOf(JOBS, ['ä 1000'], 1)]);
  await expectSame(registry);
});

test('an exemplar that goes because there are too many is not shown any more', async () => {
  const { registry } = openRegistry();
  for (let number = 0; number < 20_000; number += 1) registry.apply(observed(number, 3));
  assert.equal(registry.exemplars.size, 20_000);
  await expectSame(registry);
  registry.apply(observed(20_000, 3));
  assert.equal(registry.exemplars.size, 20_000);
  await expectSame(registry);
});

test('a series that changes while the exposition is made is not taken for what was made of it', async () => {
  const { registry } = openRegistry();
  for (let number = 0; number < 30_000; number += 1) registry.apply(observed(number, 1));
  const underWay = renderExposition({ registry, readings: [], format: 'text', packed: registry.packed });
  let done = false;
  underWay.then(() => {
    done = true;
  });
  for (let number = 0; !done; number += 1) {
    registry.apply(observed(number % 40_000, 1));
    await new Promise(setImmediate);
  }
  await expectSame(registry);
});
