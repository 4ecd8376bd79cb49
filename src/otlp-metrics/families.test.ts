import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SILENT } from '../../test/fixtures/logger.ts';
import { setWith } from '../compat/sets.ts';
import { DOMAIN, metricsWith } from '../domain/catalogue.ts';
import { parseLabelPatterns } from '../domain/label-patterns.ts';
import { COUNT_CELL, type GaugeReading, INF_CELL, SUM_CELL, zeroOf } from '../domain/metric.ts';
import { Registry } from '../metrics/registry.ts';
import { otlpFamilies } from './families.ts';
import { seriesReader } from './points.ts';

const BOUNDS_MS = [1000, 5000];
const OTEL = setWith('otel', BOUNDS_MS);
const CATALOGUE = metricsWith(BOUNDS_MS);
const AT_MS = 1_764_480_000_000;

function openRegistry(): Registry {
  const options = { labelPolicy: new Map(), maxSeries: 100, steady: () => 0, logger: SILENT };
  return new Registry([...CATALOGUE, ...OTEL.counted], options);
}

function patternsOf(text: string) {
  const parsed = parseLabelPatterns(text);
  return 'patterns' in parsed ? parsed.patterns : assert.fail(parsed.problem);
}

/** The values of each family that has any. */
async function valuesIn(
  registry: Registry,
  sent: readonly GaugeReading[] = [],
  ours: readonly GaugeReading[] = [],
) {
  const families = await otlpFamilies({
    otel: { metrics: [...OTEL.counted, ...OTEL.gauges], readings: sent },
    catalogue: CATALOGUE,
    readings: ours,
    labelPatterns: patternsOf('runner_group=vm-*'),
    seriesOf: (metric) => registry.seriesOf(metric),
  });
  const shown = families.map(({ metric, series }) => {
    const { pointOf } = seriesReader(metric);
    return [metric.name, series.map((each) => [each.values.join('|'), pointOf(each, AT_MS).value])] as const;
  });
  return Object.fromEntries(shown.filter(([, series]) => series.length > 0));
}

test('counters are whole numbers, histograms are seconds in buckets that are not cumulative', async () => {
  const registry = openRegistry();
  const queue = { metric: DOMAIN.jobQueue.name, labels: ['o/r', 'CI', 'linux'] };
  const errors = { metric: 'cicd_pipeline_run_errors_total', labels: ['CI', 'o', 'r', 'failure'] };
  registry.apply([
    { ...queue, cell: 5000, delta: 2 },
    { ...queue, cell: INF_CELL, delta: 1 },
    { ...queue, cell: SUM_CELL, delta: 12_500 },
    { ...errors, cell: COUNT_CELL, delta: 3 },
  ]);
  assert.deepEqual(await valuesIn(registry), {
    cicd_pipeline_run_errors_total: [['CI|o|r|failure', 3]],
    github_actions_job_queue_seconds: [
      ['o/r|CI|linux', { upperBounds: [1, 5], counts: [0, 2, 1], sum: 12.5 }],
    ],
  });
});

test('a workflow that has had a run has active runs, if only 0; one over the limit has not', async () => {
  const registry = openRegistry();
  registry.apply([
    zeroOf(DOMAIN.runQueue, ['o/r', 'CI']),
    zeroOf(DOMAIN.runQueue, ['o/r', 'Deploy']),
    zeroOf(DOMAIN.runQueue, ['__other__', '__other__']),
  ]);
  const active = { metric: 'cicd_pipeline_run_active', labels: ['CI', 'o', 'r', 'pending'], value: 2 };
  assert.deepEqual(await valuesIn(registry, [active]), {
    cicd_pipeline_run_active: [
      ['CI|o|r|pending', 2],
      ['CI|o|r|executing', 0],
      ['Deploy|o|r|pending', 0],
      ['Deploy|o|r|executing', 0],
    ],
  });
});

test('a group that has had a runner has workers in each state, if only 0', async () => {
  const worker = { metric: 'cicd_worker_count', labels: ['o', 'vm-*', 'busy'], value: 3 };
  const idle = (group: string) => ({
    metric: DOMAIN.runnerGroupLastIdle.name,
    labels: ['o', group],
    value: 1,
  });
  const busy = { metric: DOMAIN.runners.name, labels: ['o', 'vm-k3x9f', 'online', 'true'], value: 3 };
  assert.deepEqual(await valuesIn(openRegistry(), [worker], [busy, idle('vm-k3x9f'), idle('Default')]), {
    cicd_worker_count: [
      ['o|vm-*|busy', 3],
      ['o|vm-*|available', 0],
      ['o|vm-*|offline', 0],
      ['o|Default|available', 0],
      ['o|Default|busy', 0],
      ['o|Default|offline', 0],
    ],
  });
});
