import assert from 'node:assert/strict';
import { test } from 'node:test';
import { finishedJob } from '../../test/fixtures/facts.ts';
import { assertAnswers } from '../../test/openapi.ts';
import type { FinishedJob } from '../domain/history.ts';
import { NO_FILTERS } from '../domain/queries.ts';
import { fakeReader } from './fake-reader.ts';
import { type WorkflowStepsQuery, workflowSteps } from './workflow-steps.ts';

const NOW = Date.parse('2026-11-28T12:00:00Z');
const QUERY: WorkflowStepsQuery = {
  window: { fromMs: NOW - 600_000, toMs: NOW },
  filters: { ...NO_FILTERS, repository: ['o/r'], workflow: ['CI'] },
  repository: 'o/r',
  webUrl: 'https://github.example',
  ...{ sort: '-total_seconds', offset: 0, limit: 100 },
};

type Took = number | null | { readonly seconds: number | null; readonly conclusion: string | null };

/** A job with these steps, one after the other; null: it was skipped. */
function job(jobId: number, steps: Readonly<Record<string, Took>>, over: Partial<FinishedJob> = {}) {
  const endedAtMs = NOW - 1000 * jobId;
  return finishedJob({
    ...{ jobId, runId: jobId * 10, endedAtMs },
    steps: Object.entries(steps).map(([name, took], at) => {
      const { seconds, conclusion } =
        typeof took === 'number' ? { seconds: took, conclusion: 'success' } : (took ?? SKIPPED);
      const startedAtMs = endedAtMs - 100_000;
      const completedAtMs = seconds === null ? null : startedAtMs + seconds * 1000;
      return { number: at + 1, name, status: 'completed', conclusion, startedAtMs, completedAtMs };
    }),
    ...over,
  });
}
const SKIPPED = { seconds: 0, conclusion: 'skipped' };

async function ask(finishedJobs: readonly FinishedJob[], query: Partial<WorkflowStepsQuery> = {}) {
  const answer = await workflowSteps(fakeReader({ nowMs: NOW, finishedJobs }), { ...QUERY, ...query });
  assertAnswers('WorkflowSteps', answer);
  return answer;
}

test('each step of each job name: how often, how long, and where it took longest', async () => {
  const { rows, jobs, groups } = await ask([
    job(1, { build: 10, test: 20 }),
    job(2, { build: 90, test: 21 }),
    job(3, { build: 11 }, { jobName: 'docs' }),
    job(4, { test: 500 }, { workflow: 'Nightly' }),
    job(5, { test: 500 }, { endedAtMs: QUERY.window.fromMs - 1 }),
  ]);
  assert.deepEqual([jobs, groups], [3, 3]);
  assert.deepEqual(rows[0], {
    ...{ job_name: 'build', step: 'build', count: 2, durations: [10, 90], p50: 10, p95: 90, max: 90 },
    total_seconds: 100,
    slowest: {
      ...{ run_id: 20, run_attempt: 1, job_id: 2, at: '2026-11-28T11:59:58.000Z' },
      url: 'https://github.example/o/r/actions/runs/20/job/2',
    },
  });
  assert.deepEqual(
    rows.map(({ job_name, step, total_seconds }) => [job_name, step, total_seconds]),
    [
      ['build', 'build', 100],
      ['build', 'test', 41],
      ['docs', 'build', 11],
    ],
  );
});

test('percentiles are of where it succeeded; the longest and the sum are of all', async () => {
  const failed = { seconds: 70, conclusion: 'failure' };
  const all = [1, 2, 3, 4, 5].map((seconds) => job(seconds, { test: seconds }));
  const [row] = (await ask([...all, job(9, { test: failed })])).rows;
  assert.deepEqual(
    [row?.count, row?.durations, row?.p50, row?.p95, row?.max, row?.total_seconds, row?.slowest.job_id],
    [6, null, 3, 5, 70, 85, 9],
  );
  const [never] = (await ask([job(9, { test: failed })])).rows;
  assert.deepEqual([never?.count, never?.durations, never?.p50], [1, [], null]);
});

test('what was skipped has no row; what has no end lasted until its job ended', async () => {
  const { rows } = await ask([
    job(1, { deploy: null, test: { seconds: null, conclusion: null } }),
    job(2, {}),
  ]);
  assert.deepEqual(
    rows.map(({ step, max }) => [step, max]),
    [['test', 100]],
  );
});

test('it says since when steps are kept, and of how many jobs it knows them', async () => {
  const forgotten = job(60, {});
  const { steps_from, jobs } = await ask([job(1, { test: 1 }), job(30, { test: 2 }), forgotten]);
  assert.deepEqual([steps_from, jobs], ['2026-11-28T11:59:30.000Z', 2]);
  assert.equal((await ask([forgotten])).steps_from, null);
});

test('each of very many jobs counts once', async () => {
  const seconds = Array.from({ length: 590 }, (_, at) => at + 1);
  const { rows, jobs } = await ask(
    seconds.map((each) => job(each, { test: each })),
    { window: { fromMs: 0, toMs: NOW } },
  );
  assert.deepEqual([jobs, rows[0]?.count, rows[0]?.total_seconds], [590, 590, (590 * 591) / 2]);
});

test('rows come in the order asked for, page after page', async () => {
  const jobs = [job(1, { a: 3, b: 2, c: 1 }), job(2, { c: 9 })];
  const steps = async (query: Partial<WorkflowStepsQuery>) =>
    (await ask(jobs, query)).rows.map(({ step }) => step).join('');
  assert.equal(await steps({ sort: '-p50' }), 'abc');
  assert.equal(await steps({ sort: '-p95' }), 'cab');
  assert.equal(await steps({ sort: '-max' }), 'cab');
  assert.equal(await steps({ sort: 'total_seconds' }), 'bac');
  assert.equal(await steps({ sort: '-count', limit: 1 }), 'c');
  assert.equal(await steps({ sort: '-p50', offset: 1, limit: 1 }), 'b');
});

test('names of steps without end are refused, before they fill the memory', async () => {
  const steps = (jobId: number) =>
    Object.fromEntries(Array.from({ length: 1000 }, (_, at) => [`build ${jobId} ${at}`, 1]));
  const jobs = Array.from({ length: 50 }, (_, jobId) => job(jobId + 1, steps(jobId)));
  await assert.rejects(ask(jobs), { code: 'query_too_slow', message: /shorter window/ });
});
