import assert from 'node:assert/strict';
import { job, run } from '../fixtures/states.ts';
import { commit, NOW, type StoreCase } from './store-case.ts';

const QUERY = {
  beforeMs: {
    ...{ requested: NOW - 2000, queued: NOW - 2000, pending: NOW - 2000 },
    ...{ in_progress: NOW - 3000, waiting: NOW - 4000 },
  },
  skip: 0,
  limit: 9,
};

/** What every store promises about work that may have ended, and about what GitHub no longer knows. */
export const LINGERING_CASES: Readonly<Record<string, StoreCase>> = {
  async 'lists what lingers in its status, oldest first'(open) {
    await using store = await open();
    await commit(store, {
      jobs: [
        job({ jobId: 1, status: 'queued', statusAtMs: NOW - 2001 }),
        job({ jobId: 2, status: 'queued', statusAtMs: NOW - 2000 }),
        job({ jobId: 3, status: 'in_progress', statusAtMs: NOW - 3001 }),
        job({ jobId: 4, status: 'in_progress', statusAtMs: NOW - 3000 }),
        job({ jobId: 5, status: 'waiting', statusAtMs: NOW - 4001 }),
        job({ jobId: 6, status: 'waiting', statusAtMs: NOW - 4000 }),
        job({ jobId: 7, status: 'completed', statusAtMs: NOW - 9000 }),
        job({ jobId: 11, status: 'in_progress', statusAtMs: NOW - 9000, isJob: false }),
      ],
      runs: [
        run({ runId: 8, runAttempt: 2, status: 'pending', statusAtMs: NOW - 2500 }),
        run({ runId: 9, status: 'in_progress', statusAtMs: NOW - 3000 }),
        run({ runId: 10, status: 'completed', statusAtMs: NOW - 9000 }),
      ],
    });
    const found = (await store.lingering(QUERY)).map((each) => ({ ...each }));
    assert.deepEqual(
      found.map(({ jobId, runId, status }) => [jobId ?? `run ${runId}`, status]),
      [
        [5, 'waiting'],
        [3, 'in_progress'],
        ['run 8', 'pending'],
        [1, 'queued'],
      ],
    );
    assert.deepEqual(found[2], {
      ...{ jobId: null, runId: 8, runAttempt: 2, repository: 'o/r', workflow: 'CI', name: '' },
      ...{ status: 'pending', statusAtMs: NOW - 2500 },
    });
    const { jobId, runId, runAttempt, repository, workflow, name } = job({ jobId: 1 });
    const words = { jobId, runId, runAttempt, repository, workflow, name };
    assert.deepEqual(found[3], { ...words, status: 'queued', statusAtMs: NOW - 2001 });
    const part = await store.lingering({ ...QUERY, skip: 1, limit: 2 });
    assert.deepEqual(
      part.map((each) => ({ ...each })),
      found.slice(1, 3),
    );
  },

  async 'treats what GitHub no longer knows as stale, until another event arrives'(open) {
    await using store = await open();
    const old = { statusAtMs: NOW - 5000, createdAtMs: NOW - 5000 };
    await commit(store, {
      jobs: [
        job({ jobId: 1, ...old, goneAtMs: NOW - 5000 }),
        job({ jobId: 2, ...old, goneAtMs: NOW - 5001 }),
        job({ jobId: 3, ...old, status: 'completed', goneAtMs: NOW }),
        job({ jobId: 4, ...old, goneAtMs: NOW - 9, confirmedAtMs: NOW - 8 }),
      ],
      runs: [
        run({ runId: 1, ...old, goneAtMs: NOW }),
        run({ runId: 2, ...old, goneAtMs: NOW - 6000 }),
        run({ runId: 3, ...old, status: 'completed', branch: 'other', goneAtMs: NOW }),
      ],
    });
    const lingering = await store.lingering(QUERY);
    assert.deepEqual(
      lingering.map(({ jobId, runId }) => jobId ?? `run ${runId}`),
      ['run 2', 2, 4],
    );
    const counts = (await store.readActivity(NOW)).filter(({ metric }) => !/timestamp/.test(metric));
    assert.deepEqual(
      counts.map(({ metric, labels, value }) => `${metric} ${labels.at(-1)} ${value}`).sort(),
      [
        'github_actions_active_jobs queued 2',
        'github_actions_active_runs in_progress 1',
        'github_actions_stale_jobs queued 1',
        'github_actions_stale_runs in_progress 1',
      ],
    );
  },

  async 'finds jobs that GitHub has yet to be asked about, the last that ended first'(open) {
    await using store = await open();
    const waiting = { status: 'completed', conclusion: 'failure', isReasonOpen: true } as const;
    const reason = { reason: 'exit_code', exitCode: 137 } as const;
    await commit(store, {
      jobs: [
        job({ jobId: 1, ...waiting, statusAtMs: NOW - 3000 }),
        job({ jobId: 2, ...waiting, statusAtMs: NOW - 1000 }),
        job({ jobId: 3, ...waiting, statusAtMs: NOW - 2000 }),
        job({ jobId: 4, ...waiting, statusAtMs: NOW - 2000 }),
        job({ jobId: 5, ...waiting, isReasonOpen: false, reason }),
      ],
    });
    const idsOf = async (beforeMs: number | null, skip: number, limit: number) =>
      (await store.unexplained({ beforeMs, skip, limit })).map(({ jobId }) => jobId);
    assert.deepEqual(await idsOf(null, 0, 9), [2, 4, 3, 1]);
    assert.deepEqual(await idsOf(NOW - 1000, 0, 2), [4, 3]);
    assert.deepEqual(await idsOf(null, 2, 9), [3, 1]);
    const { jobId, runId, runAttempt, repository, workflow, name } = job({ jobId: 1 });
    const [oldest] = await store.unexplained({ beforeMs: NOW - 2000, skip: 0, limit: 9 });
    const words = { jobId, runId, runAttempt, repository, workflow, name };
    assert.deepEqual({ ...oldest }, { ...words, statusAtMs: NOW - 3000 });
    const [answered] = (await store.explainJob(5)).jobs;
    assert.deepEqual(answered?.reason, reason);
    assert.equal((await store.explainJob(1)).jobs[0]?.reason, null);
  },
};
