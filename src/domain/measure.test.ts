import assert from 'node:assert/strict';
import { test } from 'node:test';
import { done, job, STEP, T0 } from '../../test/fixtures/job.ts';
import type { Fact } from './lifecycle/fact.ts';
import { createMeasure, type MeasureOptions } from './measure.ts';
import type { RunObservation } from './observation.ts';

const PLAIN: MeasureOptions = { durationBucketsMs: [1000, 90_000], stepDurations: false, priceRules: [] };

/** What a fact adds, one line per cell. */
function linesOf(fact: Fact, options: Partial<MeasureOptions> = {}): string[] {
  const increments = createMeasure({ ...PLAIN, ...options })(fact);
  return increments.map(({ metric, labels, cell, delta }) =>
    [metric, labels.join('|'), cell, delta].join(' ').replace('github_actions_', ''),
  );
}

const RUN: RunObservation = {
  kind: 'run',
  source: 'webhook',
  observedAtMs: T0,
  repository: 'o/r',
  workflow: 'CI',
  runId: 10,
  runAttempt: 2,
  runNumber: 3,
  repositoryId: 77,
  workflowFile: '.github/workflows/ci.yml',
  status: 'completed',
  conclusion: null,
  event: 'push',
  branch: 'default',
  headBranch: 'main',
  headSha: 'abc',
  createdAtMs: T0,
  runStartedAtMs: T0,
  updatedAtMs: T0,
};

test('labels missing from the payload are unknown, and missing times give no value', () => {
  const ended = done({ conclusion: null, runnerGroup: null });
  assert.deepEqual(linesOf({ kind: 'job_completed', job: ended, durationMs: 60_000 }), [
    'jobs_total o/r|CI|build|ubuntu-latest|unknown 0 1',
    'job_duration_seconds o/r|CI|build|unknown 90000 1',
    'job_duration_seconds o/r|CI|build|unknown -1 60000',
    'runner_busy_seconds_total o/r|ubuntu-latest|unknown 0 60000',
    'unpriced_seconds_total o/r|CI|ubuntu-latest 0 60',
  ]);
  assert.deepEqual(linesOf({ kind: 'run_completed', run: RUN, durationMs: null }), [
    'runs_total o/r|CI|push|default|unknown 0 1',
  ]);
  assert.deepEqual(linesOf({ kind: 'run_completed', run: RUN, durationMs: 0 }), [
    'runs_total o/r|CI|push|default|unknown 0 1',
    'run_duration_seconds o/r|CI|default|unknown 1000 1',
  ]);
});

test('a job without a duration is only counted, and one of 0 s adds no busy time', () => {
  assert.equal(linesOf({ kind: 'job_completed', job: done(), durationMs: null }).length, 1);
  assert.deepEqual(linesOf({ kind: 'job_completed', job: done(), durationMs: 0 }), [
    'jobs_total o/r|CI|build|ubuntu-latest|success 0 1',
    'job_duration_seconds o/r|CI|build|success 1000 1',
    'unpriced_seconds_total o/r|CI|ubuntu-latest 0 60',
  ]);
});

test('with failed steps, a failure is counted by the first step that failed too, by its number', () => {
  const failed = (number: number, name: string) => ({ ...STEP, number, name, conclusion: 'failure' });
  const steps = [{ ...STEP, number: 1 }, failed(7, 'Upload logs'), failed(3, 'Run make')];
  const ended = done({ conclusion: 'failure', steps });
  const fact = { kind: 'job_failed', job: ended, cause: 'step' } as const;
  assert.deepEqual(linesOf(fact), ['job_failures_total o/r|CI|build|step 0 1']);
  assert.deepEqual(linesOf(fact, { failedSteps: true }), [
    'job_failures_total o/r|CI|build|step 0 1',
    'job_failed_steps_total o/r|CI|build|Run make 0 1',
  ]);
});

test('with failed steps, a job without a failed step is counted in none, and ids are folded away', () => {
  const lost = { kind: 'job_failed', job: done({ steps: [STEP] }), cause: 'runner_lost' } as const;
  assert.deepEqual(linesOf(lost, { failedSteps: true }), ['job_failures_total o/r|CI|build|runner_lost 0 1']);
  const steps = [{ ...STEP, name: 'Deploy 30433642', conclusion: 'failure' }];
  const fact = { kind: 'job_failed', job: done({ steps, runId: 30_433_642 }), cause: 'step' } as const;
  assert.equal(linesOf(fact, { failedSteps: true })[1], 'job_failed_steps_total o/r|CI|build|Deploy * 0 1');
});

test('with exemplars, waits and durations of runs and jobs name what was counted, and when it happened', () => {
  const ids = { runId: 10, runAttempt: 2 };
  const started = { ...job(), ...ids, jobId: 7, startedAtMs: T0 };
  const ended = done({ ...ids, jobId: 7, completedAtMs: T0 + 5000 });
  const facts: readonly Fact[] = [
    { kind: 'job_started', job: started, queueMs: 9 },
    { kind: 'job_completed', job: ended, durationMs: 9 },
    { kind: 'run_started', run: { ...RUN, startedAtMs: T0 + 3000 }, queueMs: 9, executionMs: null },
    { kind: 'run_completed', run: RUN, durationMs: 9 },
  ];
  const exemplars = facts.map((fact) =>
    createMeasure({ ...PLAIN, exemplars: true })(fact).flatMap(({ exemplar }) => exemplar ?? []),
  );
  assert.deepEqual(exemplars, [
    [{ ...ids, jobId: 7, ms: 9, atMs: T0 + 7 }],
    [{ ...ids, jobId: 7, ms: 9, atMs: T0 + 5000 + 7 }],
    [{ ...ids, jobId: null, ms: 9, atMs: T0 + 3000 + 10 }],
    [{ ...ids, jobId: null, ms: 9, atMs: T0 + 10 }],
  ]);
  assert.ok(
    facts.every((fact) => createMeasure(PLAIN)(fact).every(({ exemplar }) => exemplar === undefined)),
  );
});

test('each kind of fact changes its own metric', () => {
  const failed = { kind: 'job_failed', job: job(), cause: 'timeout' } as const;
  assert.deepEqual(linesOf(failed), ['job_failures_total o/r|CI|build|timeout 0 1']);
  assert.deepEqual(linesOf({ kind: 'job_flaky', job: job(), times: 2 }), [
    'flaky_jobs_total o/r|CI|build 0 2',
  ]);
  assert.deepEqual(linesOf({ kind: 'run_repeated', run: RUN, rerunKind: 'failed' }), [
    'reruns_total o/r|CI|failed 0 1',
  ]);
  const dispatch = { ...RUN, kind: 'dispatch' } as const;
  assert.deepEqual(linesOf({ kind: 'dispatched', dispatch }), ['dispatches_total o/r|CI 0 1']);
  assert.deepEqual(linesOf({ kind: 'job_approved', job: job(), approvalMs: 9 }), [
    'job_approval_seconds o/r|CI 1000 1',
    'job_approval_seconds o/r|CI -1 9',
  ]);
  assert.deepEqual(linesOf({ kind: 'job_started', job: { ...job(), startedAtMs: T0 }, queueMs: 9 }), [
    'job_queue_seconds o/r|CI|ubuntu-latest 1000 1',
    'job_queue_seconds o/r|CI|ubuntu-latest -1 9',
  ]);
  assert.deepEqual(linesOf({ kind: 'anomaly', anomaly: 'job_queue' }), [
    'ant_watcher_timestamp_anomalies_total job_queue 0 1',
  ]);
  assert.deepEqual(linesOf({ kind: 'ignored', reason: 'no_job' }), [
    'ant_watcher_ignored_observations_total no_job 0 1',
  ]);
});

test('steps have durations on request, if they ran and their times are known', () => {
  const steps = [
    { ...STEP, completedAtMs: T0 + 500 },
    { ...STEP, name: 'instant', conclusion: null },
    { ...STEP, name: 'backwards', completedAtMs: T0 - 1000 },
    { ...STEP, name: 'left out', conclusion: 'skipped' },
    { ...STEP, name: 'endless', completedAtMs: null },
    { ...STEP, name: 'never begun', startedAtMs: null },
  ];
  const fact = { kind: 'job_completed', job: done({ steps }), durationMs: 5 } as const;
  const ofSteps = (stepDurations: boolean) =>
    linesOf(fact, { stepDurations }).filter((line) => line.includes('step'));
  assert.deepEqual(ofSteps(false), []);
  assert.deepEqual(ofSteps(true), [
    'step_duration_seconds o/r|CI|build|s|success 1000 1',
    'step_duration_seconds o/r|CI|build|s|success -1 500',
    'step_duration_seconds o/r|CI|build|instant|unknown 1000 1',
    'step_duration_seconds o/r|CI|build|backwards|success 1000 1',
    'ant_watcher_timestamp_anomalies_total step_duration 0 1',
  ]);
});

test('a job is billed by the time of its end; a free job costs nothing', () => {
  const billed = (over: object, price = 7) => {
    const fact = {
      kind: 'job_completed',
      job: done({ runsOn: ['big'], ...over }),
      durationMs: 61_000,
    } as const;
    const rule = { by: 'label', name: 'big', sku: 'big', microDollarsPerMinute: price } as const;
    return linesOf(fact, { priceRules: [rule] }).filter((line) => line.includes('|big '));
  };
  const seconds = 'billed_seconds_total o/r|CI|big 0 120';
  assert.deepEqual(billed({}), [seconds, 'cost_dollars_total o/r|CI|big 0 14']);
  assert.deepEqual(billed({}, 0), [seconds]);
  assert.deepEqual(billed({ completedAtMs: null }), []);
});

test('an id in the name of a step is left out', () => {
  const step = { ...STEP, name: 'Run actions/checkout@8e5e7e5ab8b370d6c329ec480221332ada57f0ab' };
  const withSteps = createMeasure({ ...PLAIN, stepDurations: true });
  const counted = withSteps({ kind: 'job_completed', job: done({ steps: [step] }), durationMs: 1000 });
  const names = counted.filter(({ metric }) => metric.includes('_step_')).map(({ labels }) => labels[3]);
  assert.deepEqual([...new Set(names)], ['Run actions/checkout@*']);
});
