import assert from 'node:assert/strict';
import type { Store } from '../../src/domain/contracts.ts';
import { type FinishedRun, NO_HISTORY } from '../../src/domain/history.ts';
import type { RunState } from '../../src/domain/lifecycle/state.ts';
import { NO_FILTERS } from '../../src/domain/queries.ts';
import { finishedRun } from '../fixtures/facts.ts';
import { run } from '../fixtures/states.ts';
import { read } from './history-cases.ts';
import { commit, NOW, type StoreCase } from './store-case.ts';

const DAY_MS = 24 * 3_600_000;

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

  async 'a success ends earlier failures, even those that arrive later, and no later ones'(open) {
    const runs = [ended(1, 10), ended(2, 20, { conclusion: 'success' }), ended(3, 30), ended(4, 20)];
    await using store = await open();
    for (const [index] of runs.entries()) {
      const order = [...runs.slice(index), ...runs.slice(0, index)];
      // Each time as another workflow.
      const named = (isAlone: boolean) =>
        order.map((each) => ({ ...each, workflowFile: `${index}-${isAlone}.yml` }));
      for (const each of named(true)) await commit(store, { runs: [each] });
      await commit(store, { runs: named(false) });
      for (const isAlone of [true, false])
        assert.equal(await failuresIn(store, `${index}-${isAlone}.yml`), 1, `${index} ${isAlone}`);
    }
  },

  async 'a workflow of which only names were told continues with the id and the file of the next run'(open) {
    const names = { repositoryId: null, workflowFile: null };
    const runs = [
      ended(1, 10, names),
      ended(2, 11, { ...names, workflow: 'Other' }),
      ended(3, 20),
      ended(4, 30, { repository: 'o/renamed' }),
    ];
    for (const isAlone of [true, false]) {
      await using store = await open();
      const repository = isAlone ? 'o/one' : 'o/other';
      const repositoryId = isAlone ? 1 : 2;
      const told = runs.map((each) => ({
        ...each,
        repository: each.repository === 'o/r' ? repository : `${repository}-renamed`,
        repositoryId: each.repositoryId === null ? null : repositoryId,
      }));
      if (isAlone) for (const each of told) await commit(store, { runs: [each] });
      else await commit(store, { runs: told });
      const readings = await store.readActivity(NOW);
      const failures = readings.filter(
        ({ metric, labels }) =>
          metric.endsWith('_consecutive_failures') && labels[0] === `${repository}-renamed`,
      );
      assert.deepEqual(failures.map(({ labels, value }) => [...labels.slice(1), value]).sort(), [
        ['CI', '.github/workflows/ci.yml', 3],
        ['Other', 'unknown', 1],
      ]);
    }
  },

  async 'forgets a workflow without activity, and no active one'(open) {
    let nowMs = NOW;
    await using store = await open(() => nowMs);
    await commit(store, { runs: [ended(1, 0, { workflowFile: 'quiet.yml' }), ended(2, 0)] });
    nowMs += 10 * DAY_MS;
    // Not on the default branch, and not completed.
    await commit(store, { runs: [run({ runId: 3, branch: 'other' })] });
    assert.equal(await store.forgetWorkflows(NOW), 0);
    assert.equal(await store.forgetWorkflows(NOW + DAY_MS), 1);
    assert.equal(await failuresIn(store, 'quiet.yml'), undefined);
    assert.equal(await failuresIn(store, run().workflowFile ?? ''), 1);
    // It starts over: its failures are gone with it.
    await commit(store, { runs: [ended(4, 0, { workflowFile: 'quiet.yml' })] });
    assert.equal(await failuresIn(store, 'quiet.yml'), 1);
  },
};

/** A run on the default branch that ended in that second. */
function ended(runId: number, second: number, over: Partial<RunState> = {}): RunState {
  const endMs = NOW + second * 1000;
  const started = { createdAtMs: endMs - 1000, runStartedAtMs: endMs - 1000 };
  const times = { ...started, updatedAtMs: endMs, statusAtMs: endMs };
  return run({ runId, branch: 'default', status: 'completed', conclusion: 'failure', ...times, ...over });
}

async function failuresIn(store: Store, file: string): Promise<number | undefined> {
  const readings = await store.readActivity(NOW);
  return readings.find(({ metric, labels }) => metric.endsWith('_consecutive_failures') && labels[2] === file)
    ?.value;
}
