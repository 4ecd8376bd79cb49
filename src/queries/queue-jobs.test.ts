import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PLACE } from '../../test/fixtures/facts.ts';
import { job } from '../../test/fixtures/states.ts';
import { assertAnswers } from '../../test/openapi.ts';
import { NO_FILTERS } from '../domain/queries.ts';
import { fakeReader } from './fake-reader.ts';
import { type QueueJobsQuery, queueJobs } from './queue-jobs.ts';

const NOW = Date.parse('2026-11-28T12:00:00Z');
const WAITS = [3, 9, 1, 9, 7, 2, 8];
const STARTS = WAITS.map((seconds, index) => ({
  ...PLACE,
  jobId: index + 1,
  runId: 10 + (index % 2),
  startedAtMs: NOW - 60_000 + index,
  queueMs: seconds * 1000,
}));
const READER = fakeReader({
  nowMs: NOW,
  startedJobs: STARTS,
  runs: [10, 11].map((runId) => ({
    runs: [],
    jobs: STARTS.filter((start) => start.runId === runId).map(({ jobId, startedAtMs, queueMs }) =>
      job({ jobId, runId, startedAtMs, queueMs, hasStarted: true, status: 'in_progress' }),
    ),
  })),
});
const QUERY: QueueJobsQuery = {
  window: { fromMs: NOW - 60_000, toMs: NOW },
  filters: NO_FILTERS,
  offset: 0,
  limit: 3,
  webUrl: 'https://github.com',
};

test('the jobs that started in the window come with the longest wait first, page by page', async () => {
  const seen: (readonly [number, number | null])[] = [];
  for (const offset of [0, 3, 6]) {
    const answer = await queueJobs(READER, { ...QUERY, offset });
    assertAnswers('Jobs', answer);
    assert.equal(answer.cursor === null, offset === 6);
    seen.push(...answer.jobs.map(({ job_id, queue_seconds }) => [job_id, queue_seconds] as const));
  }
  assert.deepEqual(seen, [
    [2, 9],
    [4, 9],
    [7, 8],
    [5, 7],
    [1, 3],
    [6, 2],
    [3, 1],
  ]);
});

test('a smaller window has only its own', async () => {
  const window = { fromMs: NOW - 60_000 + 2, toMs: NOW - 60_000 + 4 };
  const { jobs } = await queueJobs(READER, { ...QUERY, window });
  assert.deepEqual(
    jobs.map(({ job_id, url }) => [job_id, url.endsWith(`/job/${job_id}`)]),
    [
      [4, true],
      [3, true],
    ],
  );
});
