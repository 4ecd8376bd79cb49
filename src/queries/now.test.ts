import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeNow, START } from '../../test/fixtures/now.ts';
import { assertAnswers } from '../../test/openapi.ts';
import { parsePlace } from './now.ts';

const iso = (ms: number) => new Date(START + ms).toISOString();

test('jobs are counted and grouped by the labels that they ask for, and ghosts apart', async () => {
  const jobs = [
    { jobId: 1, beganAtMs: -5000, runsOn: 'gpu' },
    { jobId: 2, beganAtMs: -90_000, runsOn: 'gpu', status: 'requested' },
    { jobId: 3, beganAtMs: -1000, runsOn: 'gpu', status: 'in_progress' },
    { jobId: 4, beganAtMs: -2000, runsOn: 'arm', status: 'waiting' },
    { jobId: 5, beganAtMs: -2000, runsOn: 'arm', status: 'pending' },
    { jobId: 6, beganAtMs: -9_000_000, runsOn: 'arm', isStale: true },
    { jobId: 7, beganAtMs: -60_000, runsOn: 'gpu' },
  ] as const;
  const answer = await fakeNow({ nowMs: 0, jobs });
  assertAnswers('Now', answer);
  const gpu = { queued: 3, waiting: 0, in_progress: 1, stale: 0 };
  const waits = { oldest_queued_at: iso(-90_000), wait_p50: 60, wait_p95: 90 };
  const none = { oldest_queued_at: null, wait_p50: null, wait_p95: null };
  assert.deepEqual(answer.totals, { queued: 3, waiting: 2, in_progress: 1, stale: 1, ...waits });
  assert.deepEqual(answer.groups, [
    { runs_on: 'gpu', ...gpu, ...waits },
    { runs_on: 'arm', queued: 0, waiting: 2, in_progress: 0, stale: 1, ...none },
  ]);
  assert.deepEqual(
    answer.jobs.map(({ job_id }) => job_id),
    [2, 7, 1, 4, 5, 3],
  );
  const ghosts = await fakeNow({ nowMs: 0, jobs }, { isStale: true });
  assert.deepEqual(
    ghosts.jobs.map(({ job_id, stale }) => [job_id, stale]),
    [[6, true]],
  );
  assert.deepEqual(ghosts.totals, answer.totals);
  const held = await fakeNow({ nowMs: 0, jobs }, { status: 'waiting' });
  assert.deepEqual(
    held.jobs.map(({ job_id }) => job_id),
    [4, 5],
  );
  assert.deepEqual(held.totals, answer.totals);
});

test('waits are nearest ranks: values that a job has', async () => {
  const jobs = Array.from({ length: 20 }, (_, index) => ({
    jobId: index + 1,
    beganAtMs: -1000 * (index + 1) ** 2,
  }));
  const { totals } = await fakeNow({ nowMs: 0, jobs });
  assert.deepEqual([totals.wait_p50, totals.wait_p95], [100, 361]);
  const early = await fakeNow({ nowMs: 0, jobs: [{ jobId: 1, beganAtMs: 3000 }] });
  assert.equal(early.totals.wait_p50, 0, 'of a clock that is behind');
});

test('pages follow each other, even if what came before has gone', async () => {
  const jobs = Array.from({ length: 7 }, (_, index) => ({
    jobId: index + 1,
    beganAtMs: -1000 * (7 - index),
  }));
  const first = await fakeNow({ nowMs: 0, jobs, limit: 3 });
  assert.deepEqual(
    first.jobs.map(({ job_id }) => job_id),
    [1, 2, 3],
  );
  const rest = jobs.filter(({ jobId }) => jobId !== 2 && jobId !== 5);
  const after = parsePlace(first.cursor ?? '');
  const second = await fakeNow({ nowMs: 0, jobs: rest, limit: 3 }, { after });
  assert.deepEqual(
    second.jobs.map(({ job_id }) => job_id),
    [4, 6, 7],
  );
  assert.equal(second.cursor, null);
  assert.equal(parsePlace('nonsense'), null);
});
