import assert from 'node:assert/strict';
import test from 'node:test';
import { type JobEntry, spanCount, type TraceTimes } from './trace-entry.ts';

const TIMES: TraceTimes = { startMs: 1000, endMs: 2000, isClamped: false };
const JOB: JobEntry = {
  kind: 'job',
  origin: {
    repository: 'octo/app',
    workflow: 'CI',
    runId: 1,
    runAttempt: 1,
    headBranch: 'main',
    headSha: null,
    serviceName: null,
  },
  jobId: 2,
  name: 'build (20)',
  group: 'build',
  ...TIMES,
  approval: null,
  queue: TIMES,
  conclusion: 'success',
  runsOn: ['ubuntu-latest'],
  runnerId: 3,
  runnerName: 'runner',
  runnerGroupId: null,
  runnerGroup: null,
  queueMs: 1000,
  failureCause: null,
  failedStep: null,
  sku: null,
  billedSeconds: null,
  steps: [],
};

test('an entry counts as many spans as it becomes', () => {
  const step = { ...TIMES, number: 1, name: 'Set up job', conclusion: 'success', isRepeat: false };
  assert.equal(spanCount({ ...JOB, queue: null }), 1);
  assert.equal(spanCount({ ...JOB, steps: [step, { ...step, number: 2 }] }), 4);
  const { origin, jobId, name } = JOB;
  assert.equal(spanCount({ kind: 'wait', origin, jobId, name, approval: TIMES, queue: null }), 1);
  assert.equal(spanCount({ kind: 'wait', origin, jobId, name, approval: TIMES, queue: TIMES }), 2);
});
