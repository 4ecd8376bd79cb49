import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SILENT } from '../../test/fixtures/logger.ts';
import { setWith } from '../compat/sets.ts';
import { DOMAIN } from '../domain/catalogue.ts';
import { COUNT_CELL, INF_CELL, SUM_CELL } from '../domain/metric.ts';
import { Registry } from '../metrics/registry.ts';
import { compatExposition, familiesOf } from './compat.ts';
import type { EngineRules } from './rules.ts';

const OTEL = setWith('otel', [1000, 5000]);
const PLACE = ['CI', 'o', 'r'];

function rules(over: { maxSeries?: number } = {}) {
  const options = { labelPolicy: new Map(), maxSeries: 100, steady: () => 0, logger: SILENT };
  return {
    compatSets: new Map([['otel', OTEL]] as const),
    registry: new Registry(OTEL.counted, options),
    values: {
      metrics: { labelPatterns: new Map(), maxSeries: 100, ...over },
    } as unknown as EngineRules['values'],
  };
}

test('families are values in seconds, with buckets that are not cumulative', () => {
  const ours = rules();
  const duration = { metric: 'cicd_pipeline_run_duration_seconds', labels: [...PLACE, 'pending', '', ''] };
  ours.registry.apply([
    { ...duration, cell: 5000, delta: 2 },
    { ...duration, cell: INF_CELL, delta: 1 },
    { ...duration, cell: SUM_CELL, delta: 12_500 },
    { metric: 'cicd_pipeline_run_errors_total', labels: [...PLACE, 'failure'], cell: COUNT_CELL, delta: 3 },
  ]);
  const readings = [
    { metric: DOMAIN.activeRuns.name, labels: ['o/r', 'CI', 'queued'], value: 2 },
    { metric: DOMAIN.activeRuns.name, labels: ['o/r', 'CI', 'waiting'], value: 1 },
    { metric: DOMAIN.runners.name, labels: ['o', 'Default', 'online', 'true'], value: 7 },
  ];
  const families = familiesOf(compatExposition('otel', readings, ours), ours);
  const shown = families.map(({ metric, kind, series }) => [metric.name, kind, series]);
  assert.deepEqual(shown, [
    [
      duration.metric,
      'histogram',
      [{ labels: duration.labels, bounds: [1, 5], counts: [0, 2, 1], count: 3, sum: 12.5, createdAtMs: 0 }],
    ],
    [
      'cicd_pipeline_run_errors_total',
      'counter',
      [{ labels: [...PLACE, 'failure'], value: 3, createdAtMs: 0 }],
    ],
    ['cicd_pipeline_run_active', 'gauge', [{ labels: [...PLACE, 'pending'], value: 3, createdAtMs: null }]],
    ['cicd_worker_count', 'gauge', [{ labels: ['o', 'Default', 'busy'], value: 7, createdAtMs: null }]],
  ]);
});

test('a gauge has no more series than allowed; the rest is one, and no set that is not counted has any', () => {
  const readings = ['a', 'b', 'c'].map((name) => ({
    metric: DOMAIN.activeRuns.name,
    labels: ['o/r', name, 'queued'],
    value: 1,
  }));
  const shown = compatExposition('otel', readings, rules({ maxSeries: 1 })).readings;
  assert.deepEqual(
    shown.map(({ labels, value }) => [labels[0], value]),
    [
      ['a', 1],
      ['__other__', 2],
    ],
  );
  assert.deepEqual(compatExposition('otel', readings, { ...rules(), compatSets: new Map() }).metrics, []);
});
