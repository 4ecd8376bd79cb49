import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { commit, NOW } from '../../../test/store-conformance/store-case.ts';
import { openTemporaryFolder } from '../../../test/temporary-folder.ts';
import type { Store } from '../../domain/contracts.ts';
import { type FinishedJob, type FinishedRun, type FlakyJob, NO_HISTORY } from '../../domain/history.ts';
import { openSqliteStore } from './store.ts';

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

function finished(jobId: number, over: Partial<FinishedJob> = {}): FinishedJob {
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

/** Lets `work` use a store, and answers the rows of a query to its file afterwards. */
async function rowsAfter(work: (store: Store) => Promise<void>, sql: string): Promise<unknown[]> {
  using folder = openTemporaryFolder();
  const path = join(folder.path, 'history.db');
  const store = await openSqliteStore({ url: `sqlite:${path}`, clock: () => NOW });
  await work(store);
  await store[Symbol.asyncDispose]();
  using database = new DatabaseSync(path, { readOnly: true });
  return database
    .prepare(sql)
    .all()
    .map((row) => ({ ...row }));
}

test('a job that becomes flaky again is flaky twice', async () => {
  const flaky: FlakyJob = { ...PLACE, endedAtMs: NOW, times: 1 };
  const history = { ...NO_HISTORY, flakyJobs: [flaky] };
  const rows = await rowsAfter(async (store) => {
    for (let time = 0; time < 2; time += 1) await commit(store, { history });
  }, 'SELECT repository, job_name, times FROM flaky_jobs');
  assert.deepEqual(rows, [{ repository: 'o/r', job_name: 'build', times: 2 }]);
});

test('a run that is held, and ends in the same second, has two ends', async () => {
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
});

test('a name that was undone with its transaction is stored again', async () => {
  const history = { ...NO_HISTORY, finishedJobs: [finished(1)] };
  const rows = await rowsAfter(async (store) => {
    // No integer: the transaction fails behind the names of its first job.
    const broken = { ...history, finishedJobs: [finished(1), finished(2, { durationMs: 0.5 })] };
    await assert.rejects(commit(store, { history: broken }));
    await commit(store, { history });
  }, 'SELECT job_id, repository, runs_on FROM finished_jobs');
  assert.deepEqual(rows, [{ job_id: 1, repository: 'o/r', runs_on: 'ubuntu-latest' }]);
});

test('the history is forgotten from its beginning, steps before the rest, a limited number at a time', async () => {
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
});
