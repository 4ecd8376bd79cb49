import assert from 'node:assert/strict';
import { test } from 'node:test';
import { job } from '../../../test/fixtures/states.ts';
import { countServed } from './served.ts';
import type { JobState } from './state.ts';

const START = Date.UTC(2026, 10, 20);

/** A job that a runner took, of which nothing is counted yet. */
function ran(over: Partial<JobState>): JobState {
  return job({
    ...{ status: 'completed', conclusion: 'success', hasStarted: true, startedAtMs: START, runnerId: 5 },
    ...{ queueCounted: false, queueMs: null, completionCounted: false, servedCounted: false },
    ...over,
  });
}

const QUEUED = { queueCounted: true, queueMs: 7000 };
const ENDED = { completionCounted: true };

/** Which jobs the facts name, and the states that changed. */
function served(...jobs: JobState[]): [ends: number[], changed: number[]] {
  const { facts, changed } = countServed(jobs);
  const ends = facts.flatMap((fact) => (fact.kind === 'job_served' ? [fact.job.jobId] : []));
  for (const fact of facts) assert.equal('queueMs' in fact ? fact.queueMs : null, 7000);
  assert.ok(changed.every(({ servedCounted }) => servedCounted));
  return [ends, changed.map(({ jobId }) => jobId)];
}

test('a job is counted once both its queue time and its end are, and not again', () => {
  assert.deepEqual(served(ran({ jobId: 1, ...QUEUED })), [[], []]);
  assert.deepEqual(served(ran({ jobId: 1, ...ENDED })), [[], []]);
  assert.deepEqual(served(ran({ jobId: 1, ...QUEUED, ...ENDED })), [[1], [1]]);
  assert.deepEqual(served(ran({ jobId: 1, ...QUEUED, ...ENDED, servedCounted: true })), [[], []]);
});

test('what a re-run carries over may have the end, and the execution itself the queue time', () => {
  const [execution, report] = [ran({ jobId: 1, ...QUEUED }), ran({ jobId: 2, runAttempt: 2, ...ENDED })];
  assert.deepEqual(served(execution, report), [[2], [1]]);
  assert.deepEqual(served(report, execution), [[2], [1]]);
  assert.deepEqual(served({ ...execution, servedCounted: true }, report), [[], []]);
});

test('another execution of that name has an end of its own', () => {
  const other = { startedAtMs: START + 100_000, runnerId: 6 };
  assert.deepEqual(served(ran({ jobId: 1, ...QUEUED }), ran({ jobId: 2, ...other, ...ENDED })), [[], []]);
});

test('of two that nothing tells apart, as many are counted as ended', () => {
  const [one, two] = [ran({ jobId: 1, ...QUEUED, ...ENDED }), ran({ jobId: 2, ...QUEUED })];
  assert.deepEqual(served(one, two), [[1], [1]]);
  assert.deepEqual(served({ ...one, servedCounted: true }, two), [[], []]);
  assert.deepEqual(served({ ...one, servedCounted: true }, { ...two, ...ENDED }), [[1], [2]]);
});
