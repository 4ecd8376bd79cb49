import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fakeNow } from '../../test/fixtures/now.ts';
import { applyDiff, diffOf } from './now-diff.ts';

const STATUSES = ['requested', 'queued', 'pending', 'waiting', 'in_progress'] as const;
const RUNS = { numRuns: Math.ceil(300 * Number(process.env['ANT_WATCHER_TEST_CASES'] ?? 1)) };

const openJob = fc.record({
  jobId: fc.integer({ min: 1, max: 12 }),
  status: fc.constantFrom(...STATUSES),
  runsOn: fc.constantFrom('gpu', 'ubuntu-latest', 'none'),
  /** Some began in the future of our clock. */
  beganAtMs: fc.integer({ min: -9000, max: 9000 }),
  isStale: fc.boolean(),
  runnerName: fc.constantFrom(null, 'r1'),
});
/** From one moment to the next, a few jobs come, change or go, and many stay as they are. */
const moment = fc.record({
  jobs: fc.uniqueArray(openJob, { selector: ({ jobId }) => jobId, maxLength: 2 }),
  gone: fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { maxLength: 2 }),
  afterMs: fc.integer({ min: 1, max: 5000 }),
  lastDeliveryMs: fc.constantFrom(null, 0, 1),
  knownUntilMs: fc.constantFrom(null, -60_000, -1000),
});

test('a snapshot with all differences is the answer of that moment', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(moment, { minLength: 2, maxLength: 20 }),
      fc.integer({ min: 1, max: 6 }),
      async (moments, limit) => {
        let nowMs = 0;
        let known = await fakeNow({ nowMs, limit });
        const open = new Map<number, (typeof moments)[number]['jobs'][number]>();
        for (const { afterMs, jobs, gone, ...each } of moments) {
          nowMs += afterMs;
          for (const job of jobs) open.set(job.jobId, job);
          for (const jobId of gone) open.delete(jobId);
          const next = await fakeNow({ ...each, jobs: [...open.values()], nowMs, limit });
          const diff = diffOf(known, next);
          if (diff === null) continue;
          known = applyDiff(known, diff);
          assert.deepEqual(known, next);
        }
      },
    ),
    RUNS,
  );
});

test('time alone changes nothing', async () => {
  const jobs = [
    { jobId: 1, status: 'queued', beganAtMs: -1500, runsOn: 'gpu', isStale: false, runnerName: null },
  ] as const;
  const freshness = { lastDeliveryMs: 0, knownUntilMs: -60_000 };
  const before = await fakeNow({ jobs, ...freshness, nowMs: 0 });
  assert.equal(diffOf(before, await fakeNow({ jobs, ...freshness, nowMs: 7001 })), null);
  assert.notEqual(
    diffOf(before, await fakeNow({ jobs, ...freshness, lastDeliveryMs: 7001, nowMs: 7001 })),
    null,
  );
});

test('only what has changed is in a difference', async () => {
  const job = { status: 'queued', beganAtMs: 0, runsOn: 'gpu', isStale: false, runnerName: null } as const;
  const other = { ...job, jobId: 2, runsOn: 'arm' };
  const before = await fakeNow({
    jobs: [{ ...job, jobId: 1 }, other, { ...job, jobId: 3, runsOn: 'm1' }],
    nowMs: 1000,
  });
  const after = await fakeNow({ jobs: [{ ...job, jobId: 1, status: 'in_progress' }, other], nowMs: 3000 });
  const diff = diffOf(before, after);
  assert.deepEqual(
    diff?.groups.map(({ runs_on }) => runs_on),
    ['gpu'],
  );
  assert.deepEqual(diff?.gone_groups, ['m1']);
  assert.deepEqual(
    diff?.jobs.map(({ job_id }) => job_id),
    [1],
  );
  assert.deepEqual(diff?.gone, [3]);
});
