import assert from 'node:assert/strict';
import { test } from 'node:test';
import { finishedJob, finishedRun, PLACE } from '../../test/fixtures/facts.ts';
import { job, run } from '../../test/fixtures/states.ts';
import { assertAnswers } from '../../test/openapi.ts';
import { NO_FILTERS } from '../domain/queries.ts';
import { brokenWorkflows } from './broken-workflows.ts';
import { type FakeHistory, fakeReader } from './fake-reader.ts';

const NOW = Date.parse('2026-11-28T12:00:00Z');
const SINCE = NOW - 86_400_000;
const BROKEN = {
  ...{ repository: 'o/r', workflow: 'CI', failures: 2, failingSinceMs: SINCE, failedRunId: 7 },
  ...{ lastRunMs: NOW, lastSuccessMs: null },
};

async function ask(history: Partial<FakeHistory>, query = {}) {
  const answer = await brokenWorkflows(fakeReader({ nowMs: NOW, beginsAtMs: 0, ...history }), {
    ...{ filters: NO_FILTERS, sort: 'failing_since', offset: 0, limit: 20 },
    ...query,
  });
  assertAnswers('BrokenWorkflows', answer);
  return answer;
}

test('a broken workflow names the run since which it fails, and where the last one did', async () => {
  const failed = { runId: 7, status: 'completed', conclusion: 'failure', completedAtMs: NOW - 1000 } as const;
  const step = { status: 'completed', startedAtMs: NOW - 9000, completedAtMs: NOW - 2000 };
  const { rows } = await ask({
    workflowStates: [BROKEN],
    finishedRuns: [
      // The same moment, but of others.
      finishedRun({ endedAtMs: SINCE, runId: 1, workflow: 'Nightly', conclusion: 'failure' }),
      finishedRun({ endedAtMs: SINCE, runId: 2, branch: 'pull_request', conclusion: 'failure' }),
      finishedRun({ endedAtMs: SINCE, runId: 3 }),
      finishedRun({ endedAtMs: SINCE, runId: 5, conclusion: 'failure' }),
      finishedRun({ endedAtMs: NOW, runId: 7, conclusion: 'failure' }),
    ],
    runs: [
      { runs: [run({ runId: 5, runNumber: 12, headSha: 'abcdef0123' })], jobs: [] },
      {
        runs: [run({ runId: 7, runNumber: 14, status: 'completed', conclusion: 'failure' })],
        jobs: [
          job({ ...failed, jobId: 70, name: 'lint', conclusion: 'success' }),
          job({ ...failed, jobId: 71, name: 'test (1)' }),
        ],
      },
    ],
    finishedJobs: [
      finishedJob({
        ...{ jobId: 71, runId: 7, endedAtMs: NOW - 1000, conclusion: 'failure' },
        steps: [
          { ...step, number: 1, name: 'npm ci', conclusion: 'success' },
          { ...step, number: 2, name: 'npm test', conclusion: 'failure' },
        ],
      }),
    ],
    failedJobs: [{ ...PLACE, jobId: 71, runId: 7, endedAtMs: NOW - 1000, cause: 'step', step: 'npm test' }],
  });
  assert.deepEqual(rows, [
    {
      ...{ repository: 'o/r', workflow: 'CI', consecutive_failures: 2, last_success_at: null },
      ...{ failing_since: '2026-11-27T12:00:00.000Z', last_run_at: '2026-11-28T12:00:00.000Z' },
      first_failure: { run_id: 5, run_number: 12, head_sha: 'abcdef0123' },
      last_failure: {
        ...{ run_id: 7, run_number: 14, conclusion: 'failure' },
        job: { job_id: 71, name: 'test (1)', step: 'npm test' },
      },
    },
  ]);
});

test('what is no longer known is null; a run that failed without a job says how it ended', async () => {
  const ended = { status: 'completed', conclusion: 'startup_failure' } as const;
  const runs = [{ runs: [run({ runId: 7, runNumber: null, ...ended })], jobs: [] }];
  const workflowStates = [BROKEN, { ...BROKEN, workflow: 'Old', failedRunId: 8 }];
  // The first is gone: a later one is not the first.
  const finishedRuns = [finishedRun({ endedAtMs: SINCE + 1, runId: 9, conclusion: 'failure' })];
  const [row, forgotten] = (await ask({ workflowStates, runs, finishedRuns })).rows;
  assert.equal(row?.first_failure, null);
  assert.deepEqual(row?.last_failure, {
    ...{ run_id: 7, run_number: null },
    ...{ conclusion: 'startup_failure', job: null },
  });
  assert.equal(forgotten?.last_failure, null);
});

test('those that fail and fit, in the order asked for, page after page', async () => {
  const workflowStates = [
    { ...BROKEN, workflow: 'younger', failingSinceMs: NOW - 1000, failures: 9 },
    BROKEN,
    { ...BROKEN, workflow: 'good', failures: 0, failingSinceMs: null, failedRunId: null },
    { ...BROKEN, repository: 'p/r', lastSuccessMs: 5 },
  ];
  const names = async (query: object) => {
    const { rows, groups, cursor } = await ask({ workflowStates }, query);
    return [rows.map((row) => `${row.repository} ${row.workflow}`).join(', '), groups, cursor !== null];
  };
  assert.deepEqual(await names({}), ['o/r CI, p/r CI, o/r younger', 3, false]);
  assert.deepEqual(await names({ sort: '-consecutive_failures', limit: 1 }), ['o/r younger', 3, true]);
  assert.deepEqual(await names({ sort: 'last_success_at', limit: 1 }), ['p/r CI', 3, true]);
  const filters = { ...NO_FILTERS, repository: ['o/*'], workflow: ['CI'] };
  assert.deepEqual(await names({ filters }), ['o/r CI', 1, false]);
});

test('of how many it is known whether they fail: none is not the same as none fails', async () => {
  const workflowStates = [BROKEN, { ...BROKEN, workflow: 'good', failures: 0 }];
  const known = async (repository: readonly string[]) =>
    (await ask({ workflowStates }, { filters: { ...NO_FILTERS, repository } })).known;
  assert.deepEqual([await known([]), await known(['o/r']), await known(['o/typo'])], [2, 2, 0]);
});
