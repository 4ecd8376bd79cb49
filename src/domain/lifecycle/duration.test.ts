import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationBetween } from './duration.ts';

const DAY_MS = 24 * 3_600_000;
const T0 = Date.UTC(2026, 10, 23, 12);

test('a duration with a missing time is unknown, which is not an anomaly', () => {
  const unknown = { durationMs: null, anomalies: [] };
  assert.deepEqual(durationBetween(null, T0, 'run_duration'), unknown);
  assert.deepEqual(durationBetween(T0, null, 'run_duration'), unknown);
  assert.deepEqual(durationBetween(null, null, 'run_duration'), unknown);
});

test('a duration of up to 400 days is accepted, a longer one is not', () => {
  assert.deepEqual(durationBetween(T0, T0 + 400 * DAY_MS, 'run_duration'), {
    durationMs: 400 * DAY_MS,
    anomalies: [],
  });
  assert.deepEqual(durationBetween(T0, T0 + 400 * DAY_MS + 1, 'run_duration'), {
    durationMs: null,
    anomalies: [{ kind: 'anomaly', anomaly: 'run_duration' }],
  });
});
