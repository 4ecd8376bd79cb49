import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SILENT } from '../../test/fixtures/logger.ts';
import type { ForgettingStep } from '../domain/forgetting.ts';
import { createRetention, hurry } from './housekeeping.ts';

const DAY_MS = 24 * 3_600_000;
const NOW = 100 * DAY_MS;

function openRetention(retentionMs: number | null, oldestMs: number | null = null) {
  const steps: ForgettingStep[] = [];
  const ends = [7, null, 3];
  const retain = createRetention({
    ledger: {
      async forgetRuns(step) {
        steps.push(step);
        return { runs: 1, jobs: 1, deployments: 0, lastRunId: ends[steps.length - 1] ?? null };
      },
    },
    store: {
      queueStatus: async () => ({ pending: 0, retrying: 0, parked: 0, oldestMs }),
    },
    steady: () => NOW,
    proven: () => NOW,
    logger: SILENT,
    retentionMs: () => retentionMs,
  });
  return { retain, steps };
}

test('housekeeping continues where it stopped, and starts over at the end', async () => {
  const { retain, steps } = openRetention(30 * DAY_MS);
  for (let call = 0; call < 3; call += 1) await retain();
  assert.deepEqual(
    steps.map(({ afterRunId }) => afterRunId),
    [null, 7, null],
  );
});

test('unfinished runs are kept for another 35 days, the longest a run may take', async () => {
  const { retain, steps } = openRetention(40 * DAY_MS);
  await retain();
  assert.equal(steps[0]?.finishedBeforeMs, 60 * DAY_MS);
  assert.equal(steps[0]?.unfinishedBeforeMs, 25 * DAY_MS);
});

test('nothing is forgotten while GitHub may re-run it: for 35 days, however short the retention', async () => {
  const { retain, steps } = openRetention(DAY_MS);
  await retain();
  assert.equal(steps[0]?.finishedBeforeMs, 65 * DAY_MS);
});

test('nothing is forgotten without a retention, or while deliveries of that age wait to be processed', async () => {
  const never = openRetention(null);
  await never.retain();
  assert.deepEqual(never.steps, []);
  const behind = openRetention(40 * DAY_MS, 60 * DAY_MS - 1);
  await behind.retain();
  assert.deepEqual(behind.steps, []);
  const busy = openRetention(40 * DAY_MS, 60 * DAY_MS);
  await busy.retain();
  assert.equal(busy.steps.length, 1);
});

test('a task that has more to do is repeated, but others get their turn and not for long', async () => {
  let nowMs = 0;
  const done: string[] = [];
  const task = (name: string, times: number) => async () => {
    done.push(name);
    nowMs += 10;
    times -= 1;
    return times > 0;
  };
  await hurry([task('once', 1), task('thrice', 3), task('endless', Number.POSITIVE_INFINITY)], () => nowMs);
  assert.deepEqual(done.slice(0, 6), ['once', 'thrice', 'endless', 'thrice', 'endless', 'thrice']);
  assert.ok(done.length < 25, `${done.length} steps`);
});
