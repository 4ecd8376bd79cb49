import assert from 'node:assert/strict';
import { test } from 'node:test';
import { job, run } from '../../../test/fixtures/states.ts';
import { jobBeganAtMs, jobStaleAfterMs, runBeganAtMs, runStaleAfterMs } from './stale.ts';

const DAY_MS = 24 * 3_600_000;
const T = Date.UTC(2026, 10, 23, 12);
const TIMES = { createdAtMs: T, startedAtMs: T + 1, statusAtMs: T + 2, firstSeenAtMs: T + 3 };

test('a job began with its start once it runs, with its release after a gate, otherwise with its creation', () => {
  const gate = { status: 'queued', waitedAtMs: T + 5, releasedAtMs: T + 7 } as const;
  assert.equal(jobBeganAtMs(job({ ...TIMES, status: 'in_progress' })), T + 1);
  assert.equal(jobBeganAtMs(job({ ...TIMES, status: 'queued' })), T);
  assert.equal(jobBeganAtMs(job({ ...TIMES, createdAtMs: null })), T + 3);
  assert.equal(jobBeganAtMs(job({ ...TIMES, ...gate, queuedAtMs: T + 6 })), T + 7);
  assert.equal(jobBeganAtMs(job({ ...TIMES, ...gate, queuedAtMs: T + 4 })), T + 2, 'found by a list');
  assert.equal(jobBeganAtMs(job({ ...TIMES, ...gate, queuedAtMs: null })), T + 2);
  assert.equal(jobBeganAtMs(job({ ...TIMES, ...gate, queuedAtMs: T + 6, releasedAtMs: null })), T);
  assert.equal(jobBeganAtMs(job({ ...TIMES, status: 'waiting', waitedAtMs: T + 5 })), T);
});

test('a run began with its attempt, otherwise with its creation', () => {
  const times = { runStartedAtMs: T + 1, createdAtMs: T, firstSeenAtMs: T + 2 };
  assert.equal(runBeganAtMs(run(times)), T + 1);
  assert.equal(runBeganAtMs(run({ ...times, runStartedAtMs: null })), T);
  assert.equal(runBeganAtMs(run({ ...times, runStartedAtMs: null, createdAtMs: null })), T + 2);
});

test('a job may wait for a runner for 24 hours, and everything lives for at most 35 days', () => {
  const gate = { waitedAtMs: T + 5, queuedAtMs: T + 6, releasedAtMs: T };
  for (const status of ['requested', 'queued'] as const)
    assert.equal(jobStaleAfterMs(job({ ...TIMES, status })), T + DAY_MS);
  for (const status of ['pending', 'waiting'] as const)
    assert.equal(jobStaleAfterMs(job({ ...TIMES, status })), T + 35 * DAY_MS);
  assert.equal(jobStaleAfterMs(job({ ...TIMES, status: 'in_progress' })), T + 1 + 35 * DAY_MS);
  assert.equal(jobStaleAfterMs(job({ ...TIMES, ...gate, status: 'queued' })), T + 2 + DAY_MS);
  assert.equal(runStaleAfterMs(run({ runStartedAtMs: T, status: 'queued' })), T + 35 * DAY_MS);
});

test('a confirmation by GitHub that something is unfinished holds for 24 hours, and a disappearance counts at once', () => {
  const confirmed = { confirmedAtMs: T + 40 * DAY_MS };
  assert.equal(jobStaleAfterMs(job({ ...TIMES, ...confirmed })), T + 41 * DAY_MS);
  assert.equal(runStaleAfterMs(run({ runStartedAtMs: T, ...confirmed })), T + 41 * DAY_MS);
  assert.equal(jobStaleAfterMs(job({ ...TIMES, goneAtMs: T + 2 })), 0);
  assert.equal(runStaleAfterMs(run({ statusAtMs: T, goneAtMs: T })), 0);
});
