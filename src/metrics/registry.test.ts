import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordingLogger } from '../../test/fixtures/logger.ts';
import type { Logger } from '../domain/contracts.ts';
import {
  COUNT_CELL,
  countOf,
  histogramIncrements,
  INF_CELL,
  type Metric,
  type StoredCell,
  SUM_CELL,
} from '../domain/metric.ts';
import { Registry, type RegistryOptions } from './registry.ts';

const JOBS: Metric = { name: 'jobs_total', type: 'counter', labels: ['job', 'conclusion'], help: 'Jobs.' };
const QUEUE: Metric = {
  name: 'queue_seconds',
  type: 'histogram',
  labels: ['job'],
  help: 'Queue.',
  scale: 1000,
  buckets: [1000, 5000],
};
const RUNNING: Metric = { name: 'running', type: 'gauge', labels: [], help: 'Running.' };

function openRegistry(over: Partial<RegistryOptions> = {}) {
  const { logger, lines } = recordingLogger();
  return { registry: new Registry([JOBS, QUEUE, RUNNING], { ...registryOptions(logger), ...over }), lines };
}

function cell(metric: string, labels: string[], name: number, value: number): StoredCell {
  return { metric, labels, cell: name, value, createdAtMs: null };
}

test('increments are added to restored values', () => {
  const { registry } = openRegistry();
  registry.restore([
    cell('jobs_total', ['build', 'success'], COUNT_CELL, 40),
    cell('queue_seconds', ['build'], 5000, 3),
    cell('queue_seconds', ['build'], SUM_CELL, 9000),
  ]);
  registry.apply([
    countOf(JOBS, ['build', 'success'], 2),
    countOf(JOBS, ['build', 'failure']),
    ...histogramIncrements(QUEUE, ['build'], 1500),
    ...histogramIncrements(QUEUE, ['build'], 700),
    ...histogramIncrements(QUEUE, ['build'], 60_000),
  ]);
  assert.deepEqual(
    registry.seriesOf(JOBS).map(({ labels, cells }) => ({ labels, cells })),
    [
      { labels: 'job="build",conclusion="failure"', cells: [1] },
      { labels: 'job="build",conclusion="success"', cells: [42] },
    ],
  );
  assert.deepEqual(
    registry.seriesOf(QUEUE).map(({ labels, cells }) => ({ labels, cells })),
    [{ labels: 'job="build"', cells: [1, 4, 1, 71_200] }],
  );
});

test('two metrics counted with the same label array stay separate', () => {
  const { registry } = openRegistry();
  const labels = ['build'];
  registry.apply([
    { metric: QUEUE.name, labels, cell: 1000, delta: 1 },
    { metric: JOBS.name, labels, cell: COUNT_CELL, delta: 7 },
  ]);
  assert.deepEqual(registry.seriesOf(JOBS)[0]?.cells, [7]);
  assert.deepEqual(registry.seriesOf(QUEUE)[0]?.cells, [1, 0, 0, 0]);
});

test('different label values are different series, even when they contain the separator', () => {
  const { registry } = openRegistry();
  const pairs = [
    ['a', 'b'],
    ['a","conclusion="b', ''],
    ['a\\', 'b'],
    ['a\\\\', 'b'],
    ['a\u0000b', ''],
    ['a', '\u0000b'],
    ['a\n', 'b'],
    ['a\\n', 'b'],
  ];
  registry.apply(pairs.map((labels) => countOf(JOBS, labels)));
  assert.equal(registry.seriesOf(JOBS).length, pairs.length);
  assert.deepEqual(registry.seriesCounts(), new Map([['jobs_total', pairs.length]]));
});

test('a stored bucket that is no longer configured counts in the next larger one', () => {
  const { registry } = openRegistry();
  registry.restore([
    cell('queue_seconds', ['build'], 500, 1),
    cell('queue_seconds', ['build'], 1000, 10),
    cell('queue_seconds', ['build'], 2000, 100),
    cell('queue_seconds', ['build'], 9000, 1000),
    cell('queue_seconds', ['build'], INF_CELL, 10_000),
    cell('queue_seconds', ['build'], SUM_CELL, 7),
  ]);
  assert.deepEqual(registry.seriesOf(QUEUE)[0]?.cells, [11, 100, 11_000, 7]);
});

test('stored cells of metrics unknown to this version are left out and logged once', () => {
  const { registry, lines } = openRegistry();
  registry.restore([
    cell('former_total', ['a'], COUNT_CELL, 1),
    cell('former_total', ['b'], COUNT_CELL, 1),
    cell('jobs_total', ['with', 'one', 'more label'], COUNT_CELL, 1),
    cell('running', [], COUNT_CELL, 1),
    cell('jobs_total', ['build', 'success'], COUNT_CELL, 5),
  ]);
  assert.deepEqual(registry.seriesCounts(), new Map([['jobs_total', 1]]));
  assert.deepEqual(lines, [
    {
      level: 'debug',
      message: 'Stored series of unknown metrics skipped',
      cells: { former_total: 2, jobs_total: 1, running: 1 },
    },
  ]);
});

test('nothing is logged when every stored cell is known', () => {
  const { registry, lines } = openRegistry();
  registry.restore([cell('jobs_total', ['build', 'success'], COUNT_CELL, 5)]);
  assert.deepEqual(lines, []);
});

test('counting a metric that is not in the catalogue is a bug', () => {
  const { registry } = openRegistry();
  assert.throws(
    () => registry.apply([{ metric: 'jobs', labels: [], cell: COUNT_CELL, delta: 1 }]),
    /No stored metric has the name jobs/,
  );
});

test('series over the limit go to the overflow series, and stay where they were after a restart', () => {
  const { registry } = openRegistry({ maxSeries: 2 });
  // The overflow series sorts between the two, and is restored before the second.
  const names = ['A', 'z', 'x', 'y'];
  const increments = names.map((name) => countOf(JOBS, [name, 'success']));
  const admitted = registry.admit({ increments, samples: [], groups: [] }, 0);
  assert.deepEqual(
    admitted.increments
      .filter(({ metric }) => metric === JOBS.name)
      .map(({ labels, delta }) => [labels[0], delta]),
    [
      ['A', 1],
      ['z', 1],
      ['__other__', 2],
    ],
  );
  const { registry: restarted } = openRegistry({ maxSeries: 2 });
  restarted.restore([
    cell('jobs_total', ['A', 'success'], COUNT_CELL, 1),
    cell('jobs_total', ['__other__', '__other__'], COUNT_CELL, 2),
    cell('jobs_total', ['z', 'success'], COUNT_CELL, 1),
  ]);
  assert.deepEqual(
    restarted.seriesOf(JOBS).map(({ values, cells }) => [values[0], ...cells]),
    [
      ['A', 1],
      ['__other__', 2],
      ['z', 1],
    ],
  );
});

test('what is added to a cell several times is admitted as one increment', () => {
  const { registry } = openRegistry();
  const increments = ['build', 'lint', 'build'].flatMap((name) => histogramIncrements(QUEUE, [name], 500));
  const admitted = registry.admit({ increments, samples: [], groups: [] }, 0);
  assert.deepEqual(
    admitted.increments.map(({ labels, cell, delta }) => [labels[0], cell, delta]),
    [
      ['build', 1000, 2],
      ['build', SUM_CELL, 1000],
      ['lint', 1000, 1],
      ['lint', SUM_CELL, 500],
    ],
  );
});

/** Everything is admitted. */
function registryOptions(logger: Logger): RegistryOptions {
  return { logger, steady: Date.now, labelPolicy: new Map(), maxSeries: 1_000_000 };
}

test('a series that was admitted but never stored is not shown', () => {
  const { registry } = openRegistry();
  const told = { increments: [countOf(JOBS, ['a', 'success'])], samples: [], groups: [] };
  const { increments } = registry.admit(told, 0);
  assert.deepEqual(registry.seriesOf(JOBS), []);
  registry.apply(increments);
  assert.deepEqual(
    registry.seriesOf(JOBS).map(({ values, cells }) => [values, cells]),
    [[['a', 'success'], [1]]],
  );
});
