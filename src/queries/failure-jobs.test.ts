import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PLACE } from '../../test/fixtures/facts.ts';
import { job, run } from '../../test/fixtures/states.ts';
import { assertAnswers } from '../../test/openapi.ts';
import type { ExplainedJob, FailedJob } from '../domain/history.ts';
import { NO_FILTERS } from '../domain/queries.ts';
import { type FailureJobsQuery, failureJobs } from './failure-jobs.ts';
import { fakeReader } from './fake-reader.ts';

const NOW = Date.parse('2026-11-28T12:00:00Z');
const QUERY: FailureJobsQuery = {
  window: { fromMs: NOW - 600_000, toMs: NOW },
  filters: NO_FILTERS,
  causes: [],
  reasons: [],
  exitCode: undefined,
  step: undefined,
  webUrl: 'https://github.example',
  offset: 0,
  limit: 100,
};

/** Each job failed so many seconds ago, in a run of its own. */
async function ask(
  failed: readonly Partial<FailedJob>[],
  query: Partial<FailureJobsQuery> = {},
  explainedJobs: readonly ExplainedJob[] = [],
) {
  const failedJobs = failed.map(
    (each, at): FailedJob => ({
      ...PLACE,
      ...{ jobId: at + 1, runId: at + 1, endedAtMs: NOW - (at + 1) * 1000, cause: 'step', step: 'test' },
      ...each,
    }),
  );
  const runs = failedJobs.map(({ jobId, runId }) => ({
    runs: [run({ runId })],
    jobs: [job({ jobId, runId, status: 'completed', conclusion: 'failure' })],
  }));
  const answer = await failureJobs(fakeReader({ nowMs: NOW, failedJobs, explainedJobs, runs }), {
    ...QUERY,
    ...query,
  });
  assertAnswers('Jobs', answer);
  return answer.jobs.map(({ job_id: id }) => id);
}

test('the jobs of one step and cause alone, the latest first', async () => {
  const failed = [
    {},
    { step: 'lint' },
    { cause: 'timeout' as const },
    { step: null, cause: 'runner_lost' as const },
    {},
    { endedAtMs: NOW },
  ];
  assert.deepEqual(await ask(failed), [1, 2, 3, 4, 5]);
  assert.deepEqual(await ask(failed, { step: 'test', causes: ['step'] }), [1, 5]);
  assert.deepEqual(await ask(failed, { step: null }), [4]);
  assert.deepEqual(await ask(failed, { causes: ['timeout', 'runner_lost'] }), [3, 4]);
  assert.deepEqual(await ask(failed, { step: 'unheard of' }), []);
});

test('the jobs of one reason and exit code alone, or of none', async () => {
  const explained = ([1, 137, 137, null] as const).map((exitCode, at): ExplainedJob => {
    const reason = exitCode === null ? 'timeout' : 'exit_code';
    return { ...PLACE, jobId: at + 1, endedAtMs: NOW - (at + 1) * 1000, reason, exitCode };
  });
  const failed = [{}, {}, {}, {}, {}];
  assert.deepEqual(await ask(failed, { reasons: ['exit_code'] }, explained), [1, 2, 3]);
  assert.deepEqual(await ask(failed, { reasons: ['exit_code'], exitCode: 137 }, explained), [2, 3]);
  assert.deepEqual(await ask(failed, { reasons: ['timeout', 'unknown'] }, explained), [4]);
  assert.deepEqual(await ask(failed, { reasons: null }, explained), [5]);
  assert.deepEqual(await ask(failed, {}, explained), [1, 2, 3, 4, 5]);
});

test('page after page, each job is there once', async () => {
  const failed = Array.from({ length: 25 }, () => ({}));
  const pages = await Promise.all([0, 10, 20].map((offset) => ask(failed, { offset, limit: 10 })));
  assert.deepEqual(
    pages.flat(),
    Array.from({ length: 25 }, (_, at) => at + 1),
  );
});
