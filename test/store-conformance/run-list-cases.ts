import assert from 'node:assert/strict';
import type { Store } from '../../src/domain/contracts.ts';
import { parseLabelPatterns } from '../../src/domain/label-patterns.ts';
import { type HistoryFilters, NO_FILTERS, type QuestionMoment } from '../../src/domain/queries.ts';
import { job, run } from '../fixtures/states.ts';
import { read } from './history-cases.ts';
import { commit, NOW, type StoreCase } from './store-case.ts';

async function openIds(
  store: Store,
  filters: Partial<HistoryFilters> = {},
  moment: Partial<QuestionMoment> = {},
): Promise<number[]> {
  const work = { ...NO_FILTERS, ...filters };
  const open = await read(store, (reader) => reader.openRuns(work), moment);
  return open.map(({ run: { runId } }) => runId).sort((a, b) => a - b);
}

/** What every store promises about reading single runs. */
export const RUN_LIST_CASES: Readonly<Record<string, StoreCase>> = {
  async 'reads the runs that are not over, by the filters that are about runs'(open) {
    await using store = await open();
    await commit(store, {
      runs: [
        run({ runId: 1, branch: 'other' }),
        run({ runId: 2, repository: 'p/x', event: 'schedule', workflow: 'Deploy eu-7' }),
        run({ runId: 3, runStartedAtMs: NOW - 36 * 86_400_000 }),
        run({ runId: 4, status: 'completed' }),
      ],
    });
    assert.deepEqual(await openIds(store), [1, 2, 3]);
    assert.deepEqual(await openIds(store, { repository: ['o/*'], runsOn: ['x'] }), [1, 3]);
    assert.deepEqual(await openIds(store, { repository: ['p/x'], event: ['schedule'] }), [2]);
    assert.deepEqual(await openIds(store, { branch: ['other'] }), [1]);
    const parsed = parseLabelPatterns('workflow=Deploy *');
    assert.ok('patterns' in parsed);
    const moment = { labelPatterns: parsed.patterns };
    assert.deepEqual(await openIds(store, { workflow: ['Deploy *'] }, moment), [2]);
    const ghosts = await read(store, (reader) => reader.openRuns(NO_FILTERS));
    assert.deepEqual(
      ghosts.flatMap(({ run: { runId }, isStale }) => (isStale ? [runId] : [])),
      [3],
    );
  },

  async 'knows how long an attempt waited for its first job'(open) {
    await using store = await open();
    const startMs = NOW - 60_000;
    const started = { runId: 1, runAttempt: 2, hasStarted: true };
    await commit(store, {
      runs: [
        run({ runId: 1, runAttempt: 2, runStartedAtMs: startMs }),
        run({ runId: 2, runStartedAtMs: startMs }),
        run({ runId: 3, runStartedAtMs: null }),
        run({ runId: 4, runStartedAtMs: startMs }),
      ],
      jobs: [
        job({ jobId: 1, ...started, startedAtMs: startMs - 5001 }),
        job({ jobId: 2, ...started, startedAtMs: startMs + 9000 }),
        job({ jobId: 3, ...started, startedAtMs: startMs + 3000 }),
        job({ jobId: 4, ...started, startedAtMs: startMs + 1000, isJob: false }),
        job({ jobId: 5, ...started, startedAtMs: startMs + 1000, hasStarted: false }),
        job({ jobId: 6, ...started, startedAtMs: startMs + 1000, runAttempt: 1 }),
        job({ jobId: 7, ...started, runId: 3, runAttempt: 1, startedAtMs: startMs }),
        job({ jobId: 8, ...started, runId: 4, runAttempt: 1, startedAtMs: startMs - 5000 }),
      ],
    });
    const attempts = [
      { runId: 1, runAttempt: 2 },
      ...[2, 3, 4, 9].map((runId) => ({ runId, runAttempt: 1 })),
    ];
    assert.deepEqual(
      [...(await read(store, (reader) => reader.runQueues(attempts)))],
      [
        ['1/2', 3000],
        ['4/1', 0],
      ],
    );
    const creations = await read(store, (reader) => reader.runCreations(attempts));
    assert.deepEqual(
      [...creations],
      ['1/2', '2/1', '3/1', '4/1'].map((key) => [key, NOW - 2000]),
    );
    const states = await read(store, (reader) => reader.runStates(attempts));
    assert.deepEqual([...states.keys()], ['1/2', '2/1', '3/1', '4/1']);
  },
};
