import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordingLogger } from '../../test/fixtures/logger.ts';
import type { ForgettingStep } from '../domain/forgetting.ts';
import type { Increment } from '../domain/metric.ts';
import { SELF } from '../domain/own-metrics.ts';
import { StoreBudget } from './store-budget.ts';

const TTL_MS = 1000;
const RUN_BYTES = 10;

interface Run {
  readonly id: number;
  readonly lastMs: number;
  readonly isOpen?: boolean;
}

/** A store of runs and delivery ids, all of one size, that records the order of evictions. */
function openBudget({
  runs,
  seenMs = [],
  historyMs = [],
  limitBytes,
}: {
  runs: Run[];
  seenMs?: number[];
  historyMs?: number[];
  limitBytes: number;
}) {
  const state = { runs, seenMs, historyMs, waitingMs: null as number | null, nowMs: 10_000 };
  const gone: string[] = [];
  const { logger, lines: errors } = recordingLogger();
  const evictions: Record<string, number> = {};
  const mayGo = (step: ForgettingStep) => (run: Run) =>
    run.lastMs < (run.isOpen ? step.unfinishedBeforeMs : step.finishedBeforeMs);
  const budget = new StoreBudget({
    ledger: {
      // One run per step, so that the order is visible.
      async forgetRuns(step) {
        const run = state.runs.find(({ id }) => id > (step.afterRunId ?? 0));
        if (run === undefined) return { runs: 0, jobs: 0, deployments: 0, lastRunId: null };
        if (!mayGo(step)(run)) return { runs: 0, jobs: 0, deployments: 0, lastRunId: run.id };
        state.runs = state.runs.filter((each) => each !== run);
        gone.push(`run ${run.id}`);
        return { runs: 1, jobs: 2, deployments: 0, lastRunId: run.id };
      },
    },
    store: {
      usedBytes: async () => (state.runs.length + state.seenMs.length + state.historyMs.length) * RUN_BYTES,
      async forgetSeen(beforeMs) {
        const kept = state.seenMs.filter((ms) => ms >= beforeMs);
        const forgotten = state.seenMs.length - kept.length;
        state.seenMs = kept;
        if (forgotten > 0) gone.push(`${forgotten} ids`);
        return { forgotten, isRound: true };
      },
      async forgetHistory({ beforeMs }) {
        const kept = state.historyMs.filter((ms) => ms >= beforeMs);
        const forgotten = state.historyMs.length - kept.length;
        state.historyMs = kept;
        if (forgotten > 0) gone.push(`${forgotten} records`);
        return forgotten;
      },
      samples: {
        status: async () => [
          { sink: 'a', waiting: 0, kept: 0, oldestMs: null },
          { sink: 'b', waiting: 1, kept: 0, oldestMs: state.waitingMs },
        ],
      },
    },
    meter: {
      add(increments: readonly Increment[]) {
        for (const { metric, labels, delta } of increments) {
          assert.equal(metric, SELF.memoryEvictions.name);
          evictions[String(labels[0])] = (evictions[String(labels[0])] ?? 0) + delta;
        }
      },
    },
    clock: () => state.nowMs,
    logger,
    limitBytes,
    ttlMs: () => TTL_MS,
  });
  return { budget, state, gone, errors, evictions };
}

/** One of each kind, the kind to be evicted first at the end. */
const MIXED: Run[] = [
  { id: 1, lastMs: 9950, isOpen: true },
  { id: 2, lastMs: 9960, isOpen: true },
  { id: 3, lastMs: 8000, isOpen: true },
  { id: 4, lastMs: 9950 },
  { id: 5, lastMs: 9000 },
];

test('finished and sent items go first, then ids and history, then finished or expired items, then the oldest', async () => {
  const { budget, gone, errors, evictions } = openBudget({
    runs: MIXED,
    seenMs: [8000, 9500, 9990],
    historyMs: [8000, 9500],
    limitBytes: 0,
  });
  await budget.sweep();
  assert.deepEqual(gone, [
    'run 5',
    '1 ids',
    '1 records',
    'run 3',
    'run 4',
    '1 ids',
    '1 records',
    'run 1',
    'run 2',
  ]);
  assert.deepEqual(evictions, { dispatched: 3, expired: 6, oldest: 6 });
  assert.equal(errors.length, 1, 'once a minute');
});

test('no more is evicted than necessary, and nothing within the limit', async () => {
  const { budget, gone, errors, evictions } = openBudget({ runs: MIXED, limitBytes: 4 * RUN_BYTES });
  await budget.sweep();
  await budget.sweep();
  assert.deepEqual([gone, evictions, errors], [['run 5'], { dispatched: 3 }, []]);
});

test('what a receiver has not accepted yet does not count as dispatched', async () => {
  const { budget, state, errors, evictions } = openBudget({ runs: MIXED, limitBytes: 4 * RUN_BYTES });
  state.waitingMs = 9000;
  await budget.sweep();
  assert.deepEqual(evictions, { expired: 3 });
  assert.equal(errors.length, 1);
});

test('under memory pressure the store keeps half', async () => {
  const { budget, state, gone } = openBudget({ runs: MIXED, limitBytes: 8 * RUN_BYTES });
  await budget.squeeze(true);
  assert.deepEqual(gone, ['run 5']);
  await budget.squeeze(false);
  state.runs = [...MIXED, ...[6, 7, 8].map((id) => ({ id, lastMs: 0 }))];
  await budget.sweep();
  assert.deepEqual(gone, ['run 5']);
});
