import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SILENT } from '../../test/fixtures/logger.ts';
import type { ExpositionFormat, Logger } from '../domain/contracts.ts';
import {
  countOf,
  type GaugeReading,
  histogramIncrements,
  type Increment,
  type Metric,
  type StoredCell,
} from '../domain/metric.ts';
import { renderExposition } from './exposition.ts';
import { Registry, type RegistryOptions } from './registry.ts';

const JOBS: Metric = {
  name: 'jobs_total',
  type: 'counter',
  labels: ['job', 'result'],
  help: 'All "jobs" \\ by\nresult.',
};
const QUEUE: Metric = {
  name: 'queue_seconds',
  type: 'histogram',
  labels: ['job'],
  help: 'Queue.',
  scale: 1000,
  buckets: [250, 1000, 60_000],
};
const LAG: Metric = {
  name: 'lag_seconds',
  type: 'histogram',
  labels: [],
  help: 'Lag.',
  scale: 1000,
  buckets: [1000],
};
const BUSY: Metric = { name: 'busy_seconds_total', type: 'counter', labels: [], help: 'Busy.', scale: 1000 };
const HEAP: Metric = { name: 'heap_bytes', type: 'gauge', labels: ['thread'], help: 'Heap.' };
const CPU: Metric = { name: 'cpu_seconds_total', type: 'counter', labels: [], help: 'CPU.' };
const ALL = [JOBS, QUEUE, LAG, BUSY, HEAP, CPU];

function openRegistry(increments: readonly Increment[] = []): Registry {
  const registry = new Registry(ALL, registryOptions(SILENT));
  registry.apply(increments);
  return registry;
}

async function render(
  registry: Registry,
  format: ExpositionFormat,
  readings: readonly GaugeReading[] = [],
): Promise<string> {
  return Buffer.from(await renderExposition({ registry, readings, format })).toString();
}

const INCREMENTS = [
  countOf(JOBS, ['test', 'failure'], 2),
  countOf(JOBS, ['build', 'success'], 3),
  ...histogramIncrements(QUEUE, ['build'], 250),
  ...histogramIncrements(QUEUE, ['build'], 1234),
  ...histogramIncrements(QUEUE, ['build'], 70_000),
  ...histogramIncrements(LAG, [], 0),
  countOf(BUSY, [], 1500),
];
const READINGS = [
  { metric: 'heap_bytes', labels: ['main'], value: 1.5 },
  { metric: 'heap_bytes', labels: ['engine'], value: Number.POSITIVE_INFINITY },
  { metric: 'cpu_seconds_total', labels: [], value: 0.25 },
  { metric: 'not_in_the_catalogue', labels: [], value: 1 },
];

test('text 0.0.4 is written as Prometheus reads it', async () => {
  assert.equal(
    await render(openRegistry(INCREMENTS), 'text', READINGS),
    String.raw`# HELP jobs_total All "jobs" \\ by\nresult.
# TYPE jobs_total counter
jobs_total{job="build",result="success"} 3
jobs_total{job="test",result="failure"} 2
# HELP queue_seconds Queue.
# TYPE queue_seconds histogram
queue_seconds_bucket{job="build",le="0.25"} 1
queue_seconds_bucket{job="build",le="1"} 1
queue_seconds_bucket{job="build",le="60"} 2
queue_seconds_bucket{job="build",le="+Inf"} 3
queue_seconds_sum{job="build"} 71.484
queue_seconds_count{job="build"} 3
# HELP lag_seconds Lag.
# TYPE lag_seconds histogram
lag_seconds_bucket{le="1"} 1
lag_seconds_bucket{le="+Inf"} 1
lag_seconds_sum 0
lag_seconds_count 1
# HELP busy_seconds_total Busy.
# TYPE busy_seconds_total counter
busy_seconds_total 1.5
# HELP heap_bytes Heap.
# TYPE heap_bytes gauge
heap_bytes{thread="engine"} +Inf
heap_bytes{thread="main"} 1.5
# HELP cpu_seconds_total CPU.
# TYPE cpu_seconds_total counter
cpu_seconds_total 0.25
`,
  );
});

test('OpenMetrics 1.0 is written as specified', async () => {
  assert.equal(
    await render(openRegistry(INCREMENTS), 'openmetrics', READINGS),
    String.raw`# HELP jobs All \"jobs\" \\ by\nresult.
# TYPE jobs counter
jobs_total{job="build",result="success"} 3
jobs_total{job="test",result="failure"} 2
# HELP queue_seconds Queue.
# TYPE queue_seconds histogram
# UNIT queue_seconds seconds
queue_seconds_bucket{job="build",le="0.25"} 1
queue_seconds_bucket{job="build",le="1.0"} 1
queue_seconds_bucket{job="build",le="60.0"} 2
queue_seconds_bucket{job="build",le="+Inf"} 3
queue_seconds_sum{job="build"} 71.484
queue_seconds_count{job="build"} 3
# HELP lag_seconds Lag.
# TYPE lag_seconds histogram
# UNIT lag_seconds seconds
lag_seconds_bucket{le="1.0"} 1
lag_seconds_bucket{le="+Inf"} 1
lag_seconds_sum 0
lag_seconds_count 1
# HELP busy_seconds Busy.
# TYPE busy_seconds counter
# UNIT busy_seconds seconds
busy_seconds_total 1.5
# HELP heap_bytes Heap.
# TYPE heap_bytes gauge
# UNIT heap_bytes bytes
heap_bytes{thread="engine"} +Inf
heap_bytes{thread="main"} 1.5
# HELP cpu_seconds CPU.
# TYPE cpu_seconds counter
# UNIT cpu_seconds seconds
cpu_seconds_total 0.25
# EOF
`,
  );
});

test('without any series the text is empty, and OpenMetrics is only its end marker', async () => {
  assert.equal(await render(openRegistry(), 'text'), '');
  assert.equal(await render(openRegistry(), 'openmetrics'), '# EOF\n');
});

for (const format of ['text', 'openmetrics'] as const) {
  test(`quotes, backslashes and line feeds in label values are escaped in ${format}, everything else stays`, async () => {
    const registry = openRegistry([countOf(JOBS, ['say "hi"\\n\nbye', '🐜 ü,{}=\r\t'])]);
    const readings = [{ metric: 'heap_bytes', labels: ['"\\\n🐜'], value: 1 }];
    const lines = (await render(registry, format, readings))
      .split('\n')
      .filter((line) => !line.startsWith('#'));
    assert.deepEqual(lines, [
      `${String.raw`jobs_total{job="say \"hi\"\\n\nbye",result="🐜 ü,{}=`}\r\t"} 1`,
      String.raw`heap_bytes{thread="\"\\\n🐜"} 1`,
      '',
    ]);
  });
}

test('the same increments give the same bytes in any order and any batches, before and after a restart', async () => {
  const text = fc.constantFrom('', 'a', 'a"', 'a\\', 'a\n', 'b', '🐜');
  const increment = fc.oneof(
    fc.tuple(text, text).map((labels) => [countOf(JOBS, labels)]),
    fc.tuple(text, fc.nat({ max: 100_000 })).map(([job, ms]) => histogramIncrements(QUEUE, [job], ms)),
  );
  const history = fc.array(increment, { maxLength: 30 }).map((increments) => increments.flat());
  const case_ = history.chain((increments) =>
    fc.record({
      increments: fc.constant(increments),
      shuffled: fc.shuffledSubarray(increments, { minLength: increments.length }),
      restored: fc.nat({ max: increments.length }),
      partLength: fc.integer({ min: 1, max: 7 }),
    }),
  );
  await fc.assert(
    fc.asyncProperty(case_, async ({ increments, shuffled, restored, partLength }) => {
      const registry = new Registry(ALL, registryOptions(SILENT));
      registry.restore(sumCells(shuffled.slice(0, restored)));
      for (let at = restored; at < shuffled.length; at += partLength) {
        registry.apply(shuffled.slice(at, at + partLength));
      }
      const expected = await render(openRegistry(increments), 'openmetrics');
      assert.equal(await render(registry, 'openmetrics'), expected);
    }),
  );
});

function sumCells(increments: readonly Increment[]): StoredCell[] {
  const sums = new Map<string, StoredCell>();
  for (const { metric, labels, cell, delta } of increments) {
    const key = JSON.stringify([metric, labels, cell]);
    sums.set(key, { metric, labels, cell, value: (sums.get(key)?.value ?? 0) + delta, createdAtMs: null });
  }
  return [...sums.values()];
}

test('other work runs while many series are rendered, and each histogram is consistent', async () => {
  const jobs = Array.from({ length: 20_000 }, (_, i) => `job ${i}`);
  const registry = openRegistry(jobs.flatMap((job) => histogramIncrements(QUEUE, [job], 500)));
  let turns = 0;
  let rendering = true;
  const work = () => {
    if (!rendering) return;
    turns += 1;
    registry.apply(jobs.flatMap((job) => histogramIncrements(QUEUE, [job], 500)));
    registry.apply(histogramIncrements(QUEUE, [`job ${turns} that is new`], 500));
    setImmediate(work);
  };
  setImmediate(work);
  const lines = (await render(registry, 'text')).split('\n');
  rendering = false;
  assert.ok(turns >= 1, 'other work ran');
  const sampleValues = (part: string) =>
    lines
      .filter((line) => line.startsWith(`queue_seconds_${part}`))
      .map((line) => Number(line.slice(line.lastIndexOf(' '))));
  const counts = sampleValues('count');
  assert.equal(counts.length, jobs.length);
  assert.ok(new Set(counts).size > 1, 'values changed while they were rendered');
  assert.deepEqual(
    sampleValues('sum'),
    counts.map((count) => count * 0.5),
  );
});

test('much text outside ASCII is rendered completely', async () => {
  const registry = openRegistry(
    Array.from({ length: 3000 }, (_, i) => countOf(JOBS, ['🐜'.repeat(50), String(i)])),
  );
  const lines = (await render(registry, 'text')).split('\n');
  assert.equal(lines.length, 3003);
  assert.ok(
    lines.slice(2, -1).every((line) => line.startsWith(`jobs_total{job="${'🐜'.repeat(50)}",result="`)),
  );
});

test('the bytes can be transferred to another thread', async () => {
  const bytes = await renderExposition({ registry: openRegistry(INCREMENTS), readings: [], format: 'text' });
  const length = bytes.length;
  const moved = structuredClone(bytes, { transfer: [bytes.buffer] });
  assert.equal(moved.length, length);
  assert.equal(bytes.length, 0);
});

/** Everything is admitted. */
function registryOptions(logger: Logger): RegistryOptions {
  return { logger, steady: Date.now, labelPolicy: new Map(), maxSeries: 1_000_000 };
}
