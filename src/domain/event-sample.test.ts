import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EVENTS } from './catalogue.ts';
import { createSampling } from './event-sample.ts';
import type { JobObservation, RunObservation } from './observation.ts';

const END = Date.UTC(2026, 10, 24, 12);
const sampling = createSampling({ stepDurations: false });

const JOB = {
  kind: 'job',
  repository: 'o/r',
  workflow: 'CI',
  name: 'build (20, ubuntu)',
  runsOn: ['self-hosted', 'x64'],
  jobId: 100_520_616_165,
  conclusion: 'success',
  completedAtMs: END,
  steps: [
    {
      number: 1,
      name: 'Set up',
      status: 'completed',
      conclusion: 'success',
      startedAtMs: END - 9000,
      completedAtMs: END,
    },
    {
      number: 2,
      name: 'Set up',
      status: 'completed',
      conclusion: 'failure',
      startedAtMs: END + 1,
      completedAtMs: END,
    },
    {
      number: 3,
      name: 'Left',
      status: 'completed',
      conclusion: 'skipped',
      startedAtMs: END,
      completedAtMs: END,
    },
    {
      number: 4,
      name: 'Cut',
      status: 'in_progress',
      conclusion: null,
      startedAtMs: END,
      completedAtMs: null,
    },
  ],
} as unknown as JobObservation;

test('a completed job has a sample at its end, with milliseconds from its id', () => {
  assert.deepEqual(sampling({ kind: 'job_completed', job: JOB, durationMs: 61_000 }), [
    {
      metric: EVENTS.jobDuration.name,
      labels: ['o/r', 'CI', 'build', 'self-hosted,x64', 'success'],
      value: 61,
      atMs: END + 165,
    },
  ]);
});

test('a job that never started has no sample', () => {
  assert.deepEqual(sampling({ kind: 'job_completed', job: JOB, durationMs: null }), []);
});

test('a started job has a sample of its queue time at its start', () => {
  const job = { ...JOB, startedAtMs: END - 61_000 };
  assert.deepEqual(sampling({ kind: 'job_started', job, queueMs: 0 }), [
    {
      metric: EVENTS.jobQueue.name,
      labels: ['o/r', 'CI', 'build', 'self-hosted,x64'],
      value: 0,
      atMs: END - 61_000 + 165,
    },
  ]);
});

test('a completed run has a sample at its end', () => {
  const run = {
    kind: 'run',
    repository: 'o/r',
    workflow: 'CI',
    event: 'push',
    branch: 'default',
    conclusion: null,
    runId: 5_000_000_007,
    updatedAtMs: END,
  } as unknown as RunObservation;
  const labels = ['o/r', 'CI', 'push', 'default', 'unknown'];
  const expected = { metric: EVENTS.runDuration.name, labels, value: 1.5, atMs: END + 7 };
  assert.deepEqual(sampling({ kind: 'run_completed', run, durationMs: 1500 }), [expected]);
  assert.deepEqual(
    sampling({ kind: 'run_completed', run: { ...run, updatedAtMs: null }, durationMs: 1 }),
    [],
  );
});

test('steps have samples on request, also several of one name that end together', () => {
  const steps = createSampling({ stepDurations: true })({
    kind: 'job_completed',
    job: JOB,
    durationMs: 1000,
  });
  assert.deepEqual(
    steps.slice(1).map(({ metric, labels, value, atMs }) => [metric, labels.slice(3), value, atMs - END]),
    [
      [EVENTS.stepDuration.name, ['Set up', 'success'], 9, 166],
      [EVENTS.stepDuration.name, ['Set up', 'failure'], 0, 167],
    ],
  );
});

test('other facts have no samples', () => {
  assert.deepEqual(sampling({ kind: 'job_failed', job: JOB, cause: 'step' }), []);
});

test('ids are removed from step names in samples', () => {
  const withSteps = createSampling({ stepDurations: true });
  const steps = JOB.steps.slice(0, 1).map((step) => ({ ...step, name: `Deploy ${'9ac4452b94'.repeat(4)}` }));
  const told = withSteps({ kind: 'job_completed', job: { ...JOB, steps }, durationMs: 1000 });
  assert.equal(told.find(({ metric }) => metric === EVENTS.stepDuration.name)?.labels[3], 'Deploy *');
});
