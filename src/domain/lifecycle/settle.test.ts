import assert from 'node:assert/strict';
import { test } from 'node:test';
import { job, run } from '../../../test/fixtures/states.ts';
import { settleRun } from './settle.ts';
import type { JobState, RunState } from './state.ts';

const START = Date.UTC(2026, 10, 23, 12);
const RAN = { runId: 1, runAttempt: 1, hasStarted: true, status: 'completed', runnerId: 5 } as const;

/** A job that passed in the first attempt, an hour before the second. */
function ran(name: string, over: Partial<JobState> = {}): JobState {
  const times = { startedAtMs: START - 3_600_000, completedAtMs: START - 3_500_000 };
  return job({ ...RAN, jobId: name.length, name, conclusion: 'success', ...times, ...over });
}

/** In the second attempt, so many seconds after its start. */
function again(name: string, seconds: number, over: Partial<JobState> = {}): JobState {
  const startedAtMs = START + seconds * 1000;
  return ran(name, {
    jobId: 100 + name.length,
    runAttempt: 2,
    startedAtMs,
    completedAtMs: startedAtMs + 1000,
    ...over,
  });
}

const attempt = (over: Partial<RunState> = {}) =>
  run({ runId: 1, runAttempt: 2, status: 'completed', runStartedAtMs: START, settlesAtMs: START, ...over });

function settled(jobs: readonly JobState[], over: Partial<RunState> = {}) {
  const { state, facts } = settleRun(attempt(over), jobs);
  assert.equal(state.settlesAtMs, null);
  const told = facts.map((fact) =>
    'queueMs' in fact ? fact.queueMs : 'rerunKind' in fact ? fact.rerunKind : fact,
  );
  assert.deepEqual(
    [state.queueMs, state.rerunKind].filter((each) => each !== null),
    told.filter((each) => typeof each !== 'object'),
  );
  return told;
}

const failed = { conclusion: 'failure' };

test('a re-run that carries a job over repeated a part, whatever became of the others', () => {
  const carried = ran('build', { jobId: 9, runAttempt: 2 });
  assert.deepEqual(settled([ran('build'), ran('test', failed), carried, again('test', 30)]), [
    30_000,
    'failed',
  ]);
  // A job with `if: always()` behind the one that failed runs again although it had passed.
  const always = [ran('notify'), again('notify', 60)];
  assert.deepEqual(settled([ran('build'), ran('test', failed), carried, again('test', 30), ...always]), [
    30_000,
    'failed',
  ]);
  // The first attempt is not known: the times tell.
  assert.deepEqual(settled([carried, again('test', 30)]), [30_000, 'failed']);
  // A single job was run again, beside another that had failed.
  const single = [ran('lint', failed), ran('lint', { ...failed, jobId: 8, runAttempt: 2 })];
  assert.deepEqual(settled([...single, ran('test', failed), again('test', 30)]), [30_000, 'failed']);
});

test('a re-run in which a job runs again that had passed repeated everything', () => {
  assert.deepEqual(settled([ran('build'), ran('test', failed), again('build', 3), again('test', 8)]), [
    3000,
    'all',
  ]);
});

test('of a run of one job, of jobs that all failed, and without jobs, nobody can tell', () => {
  assert.deepEqual(settled([ran('test', failed), again('test', 5)]), [5000, 'unknown']);
  assert.deepEqual(settled([ran('a', failed), ran('bb', failed), again('a', 5), again('bb', 4)]), [
    4000,
    'unknown',
  ]);
  assert.deepEqual(settled([]), ['unknown']);
  const skipped = again('build', 3, { conclusion: 'skipped', hasStarted: false });
  assert.deepEqual(settled([ran('build'), skipped]), ['unknown']);
});

test('the first attempt is no re-run, and one that is counted already is not counted again', () => {
  assert.deepEqual(settled([ran('build', { startedAtMs: START + 7000 })], { runAttempt: 1 }), [7000]);
  const { state, facts } = settleRun(attempt({ rerunKind: 'unknown' }), [ran('build'), again('build', 3)]);
  assert.deepEqual([state.rerunKind, facts.length], ['unknown', 1]);
});

test('what is no job, did not start, or belongs to another attempt does not end the wait', () => {
  const others = [
    again('a', 1, { isJob: false }),
    again('bb', 1, { hasStarted: false }),
    again('ccc', 1, { runAttempt: 3 }),
    again('dddd', 1, { startedAtMs: null }),
  ];
  assert.deepEqual(settled([...others, again('test', 9)]), [9000, 'unknown']);
  assert.deepEqual(settled(others), ['unknown']);
  assert.deepEqual(settled([again('test', 9)], { runStartedAtMs: null }), ['unknown']);
});

test('a start before that of the attempt counts as no wait, and as an anomaly', () => {
  const anomaly = { kind: 'anomaly', anomaly: 'run_queue' };
  assert.deepEqual(settled([again('test', -4)]), [0, anomaly, 'unknown']);
});

test('the time from there to the end of the attempt is told with how it ended, once', () => {
  const executed = (over: Partial<RunState>) =>
    settleRun(attempt({ rerunKind: 'all', ...over }), [again('test', 9)]).facts.flatMap((fact) =>
      fact.kind === 'run_started' ? [[fact.executionMs, fact.run.conclusion]] : [],
    );
  assert.deepEqual(executed({ updatedAtMs: START + 60_000, conclusion: 'failure' }), [[51_000, 'failure']]);
  assert.deepEqual(executed({ updatedAtMs: START + 8000, conclusion: 'success' }), [[0, 'success']]);
  assert.deepEqual(executed({ updatedAtMs: null, conclusion: 'success' }), [[null, 'success']]);
});

test('an attempt of which a job has started was in progress, and counts as that if it does not yet', () => {
  const seen = (progressCounted: boolean, jobs: readonly JobState[]) => {
    const { state, facts } = settleRun(attempt({ rerunKind: 'all', progressCounted }), jobs);
    return [state.progressCounted, facts.filter(({ kind }) => kind === 'run_seen').length];
  };
  assert.deepEqual(seen(false, [again('test', 9)]), [true, 1]);
  assert.deepEqual(seen(true, [again('test', 9)]), [true, 0]);
  assert.deepEqual(seen(false, []), [false, 0]);
});
