import assert from 'node:assert/strict';
import { test } from 'node:test';
import { staleLimits } from './stale.ts';

test('work is stale when it was queued for over 24 hours, or ran or waited for over 35 days', () => {
  const nowMs = Date.UTC(2026, 10, 23, 12);
  assert.deepEqual(staleLimits(nowMs), {
    queuedSince: Date.UTC(2026, 10, 22, 12),
    runningSince: Date.UTC(2026, 9, 19, 12),
  });
});
