import assert from 'node:assert/strict';
import type { Store } from '../../src/domain/contracts.ts';
import { type FinishedJob, type FinishedRun, type FlakyJob, NO_HISTORY } from '../../src/domain/history.ts';
import { commit, NOW } from './store-case.ts';

const PLACE = {
  jobId: 1,
  runId: 2,
  runAttempt: 1,
  repository: 'o/r',
  workflow: 'CI',
  jobName: 'build',
  runsOn: 'ubuntu-latest',
  runnerGroup: 'unknown',
};

export function finished(jobId: number, over: Partial<FinishedJob> = {}): FinishedJob {
  return {
    ...PLACE,
    jobId,
    endedAtMs: NOW,
    durationMs: 1000,
    conclusion: 'success',
    sku: null,
    billedSeconds: 0,
    microDollars: 0,
    unpricedSeconds: 0,
    wasted: null,
    steps: [
      {
        number: 1,
        name: 'test',
        status: 'completed',
        conclusion: 'success',
        startedAtMs: 1,
        completedAtMs: 2,
      },
    ],
    ...over,
  };
}

/** Lets `work` use a store, and answers the rows of a query to its database afterwards. */
export type RowsAfter = (work: (store: Store) => Promise<void>, sql: string) => Promise<unknown[]>;

/** What every database holds of the history, as its documented tables show it. */
export const HISTORY_ROW_CASES: Readonly<Record<string, (rowsAfter: RowsAfter) => Promise<void>>> = {
  async 'a job that becomes flaky again is flaky twice'(rowsAfter) {
    const flaky: FlakyJob = { ...PLACE, endedAtMs: NOW, times: 1 };
    const history = { ...NO_HISTORY, flakyJobs: [flaky] };
    const rows = await rowsAfter(async (store) => {
      for (let time = 0; time < 2; time += 1) await commit(store, { history });
    }, 'SELECT repository, job_name, times FROM flaky_jobs');
    assert.deepEqual(rows, [{ repository: 'o/r', job_name: 'build', times: 2 }]);
  },

  async 'a job that ran again has been wasted, in the transaction of its end or later'(rowsAfter) {
    const repeated = { jobId: 1, endedAtMs: NOW };
    const rows = await rowsAfter(async (store) => {
      const finishedJobs = [finished(1), finished(2), finished(3, { wasted: 'cancelled' })];
      const also = { jobId: 2, endedAtMs: NOW };
      await commit(store, { history: { ...NO_HISTORY, finishedJobs, repeatedJobs: [also] } });
      await commit(store, { history: { ...NO_HISTORY, repeatedJobs: [repeated] } });
    }, 'SELECT job_id, wasted FROM finished_jobs ORDER BY job_id');
    assert.deepEqual(rows, [
      { job_id: 1, wasted: 'repeated' },
      { job_id: 2, wasted: 'repeated' },
      { job_id: 3, wasted: 'cancelled' },
    ]);
  },

  async 'a run that is held, and ends in the same second, has two ends'(rowsAfter) {
    const run: Omit<FinishedRun, 'conclusion'> = {
      ...PLACE,
      event: 'push',
      branch: 'default',
      endedAtMs: NOW,
      durationMs: null,
    };
    const finishedRuns = ['action_required', 'success'].map((conclusion) => ({ ...run, conclusion }));
    const rows = await rowsAfter(
      (store) => commit(store, { history: { ...NO_HISTORY, finishedRuns } }),
      'SELECT conclusion, branch, event FROM finished_runs',
    );
    assert.deepEqual(rows, [
      { conclusion: 'action_required', branch: 'default', event: 'push' },
      { conclusion: 'success', branch: 'default', event: 'push' },
    ]);
  },

  async 'a name that was undone with its transaction is stored again'(rowsAfter) {
    const history = { ...NO_HISTORY, finishedJobs: [finished(1)] };
    const rows = await rowsAfter(async (store) => {
      // No integer: the transaction fails behind the names of its first job.
      const broken = { ...history, finishedJobs: [finished(1), finished(2, { durationMs: 0.5 })] };
      await assert.rejects(commit(store, { history: broken }));
      await commit(store, { history });
    }, 'SELECT job_id, repository, runs_on FROM finished_jobs');
    assert.deepEqual(rows, [{ job_id: 1, repository: 'o/r', runs_on: 'ubuntu-latest' }]);
  },

  async 'the history is forgotten from its beginning, steps before the rest, a limited number at a time'(
    rowsAfter,
  ) {
    const ends = [0, 0, 0, 1, 2, 3].map((second) => NOW + second * 1000);
    const finishedJobs = ends.map((endedAtMs, index) => finished(index, { endedAtMs }));
    const forgotten: number[] = [];
    const rows = await rowsAfter(async (store) => {
      await commit(store, { history: { ...NO_HISTORY, finishedJobs } });
      const step = { beforeMs: NOW + 2000, stepsBeforeMs: NOW + 3000, limit: 2 };
      for (let call = 0; call < 4; call += 1) forgotten.push(await store.forgetHistory(step));
    }, 'SELECT job_id, (SELECT COUNT(*) FROM job_steps) AS steps FROM finished_jobs');
    assert.deepEqual(forgotten, [3 + 3, 1 + 2, 0, 0]);
    assert.deepEqual(rows, [
      { job_id: 4, steps: 1 },
      { job_id: 5, steps: 1 },
    ]);
  },

  async 'a name of any length is stored'(rowsAfter) {
    const step = Array.from({ length: 5000 }, (_, index) =>
      String.fromCodePoint(0x4e00 + ((index * 7919) % 20_000)),
    ).join('');
    const failedJobs = [{ ...PLACE, endedAtMs: NOW, cause: 'step' as const, step }];
    const rows = await rowsAfter(async (store) => {
      for (let time = 0; time < 2; time += 1) await commit(store, { history: { ...NO_HISTORY, failedJobs } });
    }, 'SELECT step FROM failed_jobs');
    assert.deepEqual(rows, [{ step }]);
  },
};
