import assert from 'node:assert/strict';
import { type FinishedRun, NO_HISTORY } from '../../src/domain/history.ts';
import { NO_FILTERS } from '../../src/domain/queries.ts';
import { finishedRun } from '../fixtures/facts.ts';
import { run } from '../fixtures/states.ts';
import { read } from './history-cases.ts';
import { commit, NOW, type StoreCase } from './store-case.ts';

const WINDOW = { fromMs: NOW - 10_000, toMs: NOW };

/** What every store promises about reading how workflows are doing. */
export const WORKFLOW_CASES: Readonly<Record<string, StoreCase>> = {
  async 'reads the last runs of a workflow'(open) {
    await using store = await open();
    const ended = (runId: number, agoMs: number, over: Partial<FinishedRun> = {}) =>
      finishedRun({ runId, endedAtMs: NOW - agoMs, ...over });
    const finishedRuns = [
      ended(1, 4000),
      ended(3, 3000, { conclusion: 'action_required', durationMs: null }),
      ended(2, 2000, { runAttempt: 2, conclusion: 'failure', branch: 'other' }),
      ended(4, 1000),
      ended(5, 2500, { workflow: 'another' }),
      ended(6, 2500, { repository: 'o/another' }),
    ];
    await commit(store, { history: { ...NO_HISTORY, finishedRuns } });
    await read(store, async (reader) => {
      const [batch] = await Array.fromAsync(
        reader.finishedRuns(WINDOW, NO_FILTERS, ['repository', 'workflow']),
      );
      const last = (query: Partial<Parameters<typeof reader.lastRuns>[2]>) =>
        reader.lastRuns(batch?.repository[0] ?? 0, batch?.workflow[0] ?? 0, {
          beforeMs: NOW,
          filters: NO_FILTERS,
          limit: 9,
          ...query,
        });
      const idsOf = async (query: Parameters<typeof last>[0]) =>
        (await last(query)).map(({ runId }) => runId);
      assert.deepEqual(await idsOf({}), [4, 2, 3, 1]);
      assert.deepEqual(await idsOf({ limit: 2, beforeMs: NOW - 1000 }), [2, 3]);
      const filters = { ...NO_FILTERS, branch: ['other'] };
      assert.deepEqual(await last({ filters }), [
        { runId: 2, runAttempt: 2, conclusion: 'failure', durationMs: 5000 },
      ]);
    });
  },

  async 'reads how workflows do on default branches'(open) {
    await using store = await open();
    const ended = { status: 'completed', branch: 'default', repository: 'o/r', workflow: 'CI' } as const;
    const failed = { ...ended, conclusion: 'failure' } as const;
    await commit(store, {
      runs: [
        run({ ...failed, runId: 1, updatedAtMs: NOW - 9000 }),
        run({ ...ended, runId: 2, conclusion: 'success', updatedAtMs: NOW - 8000 }),
        run({ ...failed, runId: 3, updatedAtMs: NOW - 7000 }),
        run({ ...failed, runId: 4, updatedAtMs: NOW - 6000 }),
        run({ ...ended, runId: 5, conclusion: 'cancelled', updatedAtMs: NOW - 5000 }),
        run({
          ...ended,
          runId: 6,
          conclusion: 'success',
          updatedAtMs: NOW - 5000,
          workflow: 'good',
          workflowFile: null,
        }),
        run({
          ...failed,
          runId: 7,
          updatedAtMs: NOW - 5000,
          workflow: 'elsewhere',
          workflowFile: null,
          branch: 'other',
        }),
      ],
    });
    const states = await read(store, (reader) => reader.workflowStates());
    const byName = new Map(states.map((each) => [each.workflow, each]));
    assert.deepEqual(byName.get('CI'), {
      repository: 'o/r',
      workflow: 'CI',
      failures: 2,
      failingSinceMs: NOW - 7000,
      failedRunId: 4,
      lastRunMs: NOW - 5000,
      lastSuccessMs: NOW - 8000,
    });
    assert.deepEqual([byName.get('good')?.failures, byName.get('good')?.failingSinceMs], [0, null]);
    assert.equal(byName.has('elsewhere'), false);
  },
};
