import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SILENT } from '../../test/fixtures/logger.ts';
import { parseOpenMetrics } from '../../test/openmetrics.ts';
import { DOMAIN, metricsWith } from '../domain/catalogue.ts';
import type { Exemplar } from '../domain/exemplar.ts';
import type { LabelPolicy } from '../domain/label-policy.ts';
import { histogramIncrements, type Increment, IncrementSums } from '../domain/metric.ts';
import { SHOWN_MS } from './exemplars.ts';
import { renderExposition } from './exposition.ts';
import { Registry } from './registry.ts';

const BOUNDS = [1000, 10_000];
const METRIC = { ...DOMAIN.jobDuration, buckets: BOUNDS };

function openRegistry({ maxSeries = 100_000, labelPolicy = new Map() as LabelPolicy } = {}) {
  const time = { nowMs: 0 };
  const options = { logger: SILENT, steady: () => time.nowMs, labelPolicy, maxSeries };
  return { time, registry: new Registry(metricsWith(BOUNDS), options) };
}

function observed(exemplar: Exemplar, labels = ['o/r', 'w', 'j', 'success']): Increment[] {
  const [bucket, ...sum] = histogramIncrements(METRIC, labels, exemplar.ms);
  return bucket === undefined ? [] : [{ ...bucket, exemplar }, ...sum];
}

function count(registry: Registry, increments: readonly Increment[]): void {
  registry.apply(registry.admit({ increments, samples: [], groups: [] }, 0).increments);
}

/** The exemplars of all bucket lines: ids of jobs by bound. */
async function shownBy(registry: Registry): Promise<[bound: string, jobId: string][]> {
  const exposition = { registry, exemplars: registry.exemplars, readings: [] };
  const text = Buffer.from(await renderExposition({ ...exposition, format: 'openmetrics' })).toString();
  assert.doesNotMatch(
    Buffer.from(await renderExposition({ ...exposition, format: 'text' })).toString(),
    / # \{/,
  );
  assert.doesNotMatch(
    Buffer.from(await renderExposition({ ...exposition, exemplars: null, format: 'openmetrics' })).toString(),
    / # \{/,
  );
  return parseOpenMetrics(text)
    .flatMap(({ samples }) => samples)
    .flatMap(({ labels, exemplar }): [string, string][] =>
      exemplar === undefined ? [] : [[labels['le'] ?? '', exemplar.labels['job_id'] ?? 'none']],
    );
}

const EXEMPLARS = fc
  .uniqueArray(fc.nat(50), { maxLength: 12 })
  .chain((times) => fc.tuple(...times.map((at) => fc.record({ at: fc.constant(at), ms: fc.nat(20_000) }))))
  .map((all) =>
    all.map(({ at, ms }) => ({ runId: 1, runAttempt: 1, jobId: at, ms, atMs: 1_800_000_000_000 + at })),
  );

test('each bucket shows the latest of its exemplars, whatever their order and however they are batched', async () => {
  const shuffled = EXEMPLARS.chain((all) =>
    fc.tuple(
      fc.constant(all),
      fc.shuffledSubarray([...all], { minLength: all.length }),
      fc.integer({ min: 1, max: 4 }),
    ),
  );
  await fc.assert(
    fc.asyncProperty(shuffled, async ([all, order, batch]) => {
      const { registry } = openRegistry();
      for (let at = 0; at < order.length; at += batch) {
        const sums = new IncrementSums();
        for (const each of order.slice(at, at + batch)) sums.add(observed(each));
        count(registry, sums.take());
      }
      const latest = new Map<string, Exemplar>();
      for (const each of all.toSorted((a, b) => a.atMs - b.atMs))
        latest.set(each.ms <= 1000 ? '1.0' : each.ms <= 10_000 ? '10.0' : '+Inf', each);
      const expected = Array.from(latest, ([bound, { jobId }]) => [bound, String(jobId)]);
      assert.deepEqual((await shownBy(registry)).sort(), expected.sort());
    }),
  );
});

const one = (jobId: number, atMs: number): Exemplar => ({ runId: 1, runAttempt: 1, jobId, ms: 500, atMs });

test('an exemplar is shown for an hour, and then an earlier one may follow it', async () => {
  const { registry, time } = openRegistry();
  count(registry, observed(one(7, 2000)));
  time.nowMs = SHOWN_MS - 1;
  assert.deepEqual(await shownBy(registry), [['1.0', '7']]);
  time.nowMs = SHOWN_MS;
  assert.deepEqual(await shownBy(registry), []);
  count(registry, observed(one(8, 1000)));
  assert.deepEqual(await shownBy(registry), [['1.0', '8']]);
  registry.exemplars.clear();
  assert.deepEqual([await shownBy(registry), registry.exemplars.size], [[], 0]);
});

test('the series of all that are over the limit has no exemplar, and dropped labels change nothing', async () => {
  const { registry } = openRegistry({
    maxSeries: 1,
    labelPolicy: new Map([[METRIC.name, { words: new Set(['conclusion']), isKept: false }]]),
  });
  count(registry, observed(one(1, 1000)));
  count(registry, observed(one(2, 2000), ['o/other', 'w', 'j', 'success']));
  assert.deepEqual(await shownBy(registry), [['1.0', '1']]);
});

test('twenty thousand exemplars are held, and those noted first go first', async () => {
  const { registry } = openRegistry();
  for (let id = 0; id < 20_005; id += 1)
    count(registry, observed(one(id, 1000 + id), ['o/r', 'w', `job ${id}`, 'success']));
  assert.equal(registry.exemplars.size, 20_000);
  const shown = new Set((await shownBy(registry)).map(([, jobId]) => jobId));
  assert.deepEqual([shown.has('4'), shown.has('5'), shown.has('20004')], [false, true, true]);
});
