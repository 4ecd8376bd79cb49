import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobObservation, RunObservation } from '../observation.ts';
import { isTooOld } from './too-old.ts';

const DAY_MS = 86_400_000;
const NOW = 1000 * DAY_MS;

function run(over: Partial<RunObservation>): RunObservation {
  const times = { createdAtMs: 0, runStartedAtMs: 0, updatedAtMs: 0 };
  return { kind: 'run', status: 'completed', ...times, ...over } as RunObservation;
}

function job(over: Partial<JobObservation>): JobObservation {
  const times = { createdAtMs: 0, startedAtMs: 0, completedAtMs: 0 };
  return { kind: 'job', status: 'completed', ...times, ...over } as JobObservation;
}

test('anything that ended before the forgetting limit is too old, and nothing else', () => {
  const limitMs = NOW - 50 * DAY_MS;
  for (const [endMs, isOld] of [
    [limitMs - 1, true],
    [limitMs, false],
  ] as const) {
    assert.equal(isTooOld(run({ updatedAtMs: endMs }), limitMs, NOW), isOld);
    assert.equal(isTooOld(job({ completedAtMs: endMs }), limitMs, NOW), isOld);
    assert.equal(isTooOld(run({ updatedAtMs: endMs }), null, NOW), false, 'nothing was forgotten');
  }
});

test('anything that GitHub may still run is not too old, whatever a wrong clock or a full memory caused to be forgotten', () => {
  const endMs = NOW - 35 * DAY_MS;
  for (const limitMs of [NOW, NOW + 400 * DAY_MS]) {
    assert.equal(isTooOld(job({ completedAtMs: endMs }), limitMs, NOW), false);
    assert.equal(isTooOld(job({ completedAtMs: endMs - 1 }), limitMs, NOW), true);
  }
});

test('without an end the start decides, then the creation; without any time nothing is too old', () => {
  const limitMs = NOW - 50 * DAY_MS;
  const [old, young] = [limitMs - 1, limitMs];
  const unfinished = { status: 'in_progress', updatedAtMs: NOW } as const;
  assert.equal(isTooOld(run({ ...unfinished, runStartedAtMs: old }), limitMs, NOW), true);
  assert.equal(isTooOld(run({ ...unfinished, runStartedAtMs: young }), limitMs, NOW), false);
  const damaged = { completedAtMs: null, startedAtMs: null };
  assert.equal(isTooOld(job({ ...damaged, createdAtMs: old }), limitMs, NOW), true);
  assert.equal(isTooOld(job({ ...damaged, createdAtMs: null }), limitMs, NOW), false);
});
