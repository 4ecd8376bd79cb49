import assert from 'node:assert/strict';
import { test } from 'node:test';
import { staleLimits, WAITS_FOR_RUNNER } from './stale.ts';

test('a job waits for a runner for 24 hours, everything lives for 35 days, and GitHub is believed for 24 hours', () => {
  const nowMs = Date.UTC(2026, 10, 23, 12);
  assert.deepEqual(staleLimits(nowMs), {
    queuedSince: Date.UTC(2026, 10, 22, 12),
    livingSince: Date.UTC(2026, 9, 19, 12),
    confirmedSince: Date.UTC(2026, 10, 22, 12),
  });
  assert.deepEqual(WAITS_FOR_RUNNER, ['requested', 'queued']);
});
