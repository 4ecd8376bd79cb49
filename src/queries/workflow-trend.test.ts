import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { naiveRank, someHistory } from '../../test/fixtures/some-history.ts';
import { assertAnswers } from '../../test/openapi.ts';
import type { FinishedRun, HistoryRecords } from '../domain/history.ts';
import { NO_FILTERS } from '../domain/queries.ts';
import { fakeReader } from './fake-reader.ts';
import { workflowTrend } from './workflow-trend.ts';

const MINUTE = 60_000;
const NOW = Date.parse('2026-11-28T12:00:00Z');
const WINDOW = { fromMs: NOW - 10 * MINUTE, toMs: NOW };

test('for any history, each point is what a naive computation over its runs says', async () => {
  await fc.assert(fc.asyncProperty(someHistory(NOW - 10 * MINUTE), checkNaively));
});

async function checkNaively(history: HistoryRecords): Promise<void> {
  const filters = { ...NO_FILTERS, branch: ['default'] };
  const reader = fakeReader({ nowMs: NOW, ...history });
  const answer = await workflowTrend(reader, { window: WINDOW, filters, step: '5m' });
  assertAnswers('WorkflowTrend', answer);
  const fitting = history.finishedRuns.filter(
    ({ endedAtMs, branch }) => endedAtMs >= WINDOW.fromMs && endedAtMs < WINDOW.toMs && branch === 'default',
  );
  const startOf = ({ endedAtMs }: FinishedRun) => Math.floor(endedAtMs / (5 * MINUTE)) * 5 * MINUTE;
  const expected = Array.from(Map.groupBy(fitting, startOf), ([startMs, runs]) => {
    const passed = runs.filter(({ conclusion }) => conclusion === 'success');
    const failed = runs.filter(({ conclusion }) => /failure|timed_out/.test(conclusion)).length;
    const seconds = passed.flatMap(({ durationMs }) => (durationMs === null ? [] : [durationMs / 1000]));
    const verdicts = passed.length + failed;
    return [
      new Date(startMs).toISOString(),
      runs.length,
      verdicts === 0 ? null : passed.length / verdicts,
      naiveRank(seconds, 0.5),
      naiveRank(seconds, 0.95),
    ];
  });
  assert.deepEqual(answer.points, expected.toSorted());
}
