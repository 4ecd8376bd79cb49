import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setWith } from '../compat/sets.ts';
import { DOMAIN } from '../domain/catalogue.ts';
import { compatExposition } from './compat.ts';
import type { EngineRules } from './rules.ts';

const OTEL = setWith('otel', [1000, 5000]);

function rules(over: { maxSeries?: number } = {}) {
  return {
    compatSets: new Map([['otel', OTEL]] as const),
    values: {
      metrics: { labelPatterns: new Map(), maxSeries: 100, ...over },
    } as unknown as EngineRules['values'],
  };
}

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
