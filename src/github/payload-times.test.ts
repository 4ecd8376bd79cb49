import assert from 'node:assert/strict';
import { test } from 'node:test';
import { witnessOf } from './payload-times.ts';

const at = (second: number) => `2026-11-20T12:00:${String(second).padStart(2, '0')}Z`;

test('a payload shows the latest of its own times, and which run it is about', () => {
  const job = { id: 9, run_id: 5, created_at: at(0), started_at: at(7), completed_at: null };
  assert.deepEqual(witnessOf({ workflow_job: job }), { atMs: Date.parse(at(7)), run: 5 });
  const run = { id: 5, created_at: at(0), run_started_at: at(0), updated_at: at(30) };
  assert.deepEqual(witnessOf({ workflow_run: run }), { atMs: Date.parse(at(30)), run: 5 });
});

test('what has no time shows none', () => {
  for (const payload of [null, {}, { workflow_job: {} }, { workflow_run: { updated_at: 'soon' } }])
    assert.equal(witnessOf(payload), null);
});
