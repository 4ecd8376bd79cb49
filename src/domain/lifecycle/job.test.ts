import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { done, job, numbersOf, play, running, STEP, T0 } from '../../../test/fixtures/job.ts';
import { isCheckRun } from './check-run.ts';
import { hasStarted } from './started.ts';

test('a running job is queued from its creation to its start and runs from its start to its end', () => {
  const { facts } = play([job(), running(), done()]);
  assert.deepEqual(numbersOf(facts), [
    'github_actions_job_duration_seconds o/r|CI|build|success -1 60000',
    'github_actions_job_duration_seconds o/r|CI|build|success 60000 1',
    'github_actions_job_queue_seconds o/r|CI|ubuntu-latest -1 7000',
    'github_actions_job_queue_seconds o/r|CI|ubuntu-latest 10000 1',
    'github_actions_jobs_total o/r|CI|build|ubuntu-latest|success 0 1',
    'github_actions_runner_busy_seconds_total o/r|ubuntu-latest|unknown 0 60000',
    'github_actions_unpriced_seconds_total o/r|CI|ubuntu-latest 0 60',
  ]);
});

test('the start time of a queued job is not its start', () => {
  const { states, facts } = play([job({ runnerId: 5 })]);
  assert.equal(states.get(1)?.startedAtMs, null);
  assert.deepEqual(facts, []);
});

test('a skipped job is counted and has no durations', () => {
  const skipped = done({ conclusion: 'skipped', runsOn: [], runnerId: null, runnerName: null, steps: [] });
  assert.deepEqual(numbersOf(play([skipped]).facts), [
    'github_actions_jobs_total o/r|CI|build|none|skipped 0 1',
  ]);
});

test('a job cancelled before a runner took it is counted and has no durations', () => {
  const cancelled = done({ conclusion: 'cancelled', runnerId: 0, runnerName: null, steps: [] });
  assert.deepEqual(numbersOf(play([job(), cancelled]).facts), [
    'github_actions_jobs_total o/r|CI|build|ubuntu-latest|cancelled 0 1',
  ]);
});

test('a negative duration counts as 0 and as an anomaly', () => {
  const { facts } = play([done({ startedAtMs: T0 - 1000, completedAtMs: T0 - 2000 })]);
  const numbers = numbersOf(facts);
  assert.ok(numbers.includes('ant_watcher_timestamp_anomalies_total job_queue 0 1'));
  assert.ok(numbers.includes('ant_watcher_timestamp_anomalies_total job_duration 0 1'));
  assert.ok(numbers.includes('github_actions_job_duration_seconds o/r|CI|build|success 1000 1'));
  assert.ok(
    numbers.every((line) => !/ -1 -/.test(line)),
    'no negative sum',
  );
});

test('a job without a creation time has an unknown queue time, not one of 0', () => {
  const numbers = numbersOf(play([done({ createdAtMs: null })]).facts);
  assert.ok(numbers.every((line) => !line.includes('job_queue')));
});

test('a job is waiting or queued as its latest event says, in any order of arrival', () => {
  const queued = job({ observedAtMs: T0 + 1 });
  const waiting = job({ status: 'waiting', observedAtMs: T0 + 2 });
  const again = job({ observedAtMs: T0 + 3 });
  fc.assert(
    fc.property(fc.shuffledSubarray([queued, waiting, again], { minLength: 3 }), (order) => {
      const state = play(order).states.get(1);
      assert.equal(state?.status, 'queued');
      assert.equal(state?.waitedAtMs, T0 + 2);
    }),
  );
  assert.equal(play([waiting, queued]).states.get(1)?.status, 'waiting');
});

test('check runs of other tools are distinguished from jobs', () => {
  const bare = { runsOn: [], runnerId: null, runnerName: null, steps: [] };
  assert.ok(isCheckRun(done(bare)));
  assert.ok(isCheckRun(running(bare)));
  assert.ok(!isCheckRun(done({ ...bare, conclusion: 'skipped' })));
  assert.ok(!isCheckRun(done({ ...bare, conclusion: 'cancelled' })));
  assert.ok(!isCheckRun(job(bare)), 'a job may be queued for a runner group, without labels');
  assert.ok(!isCheckRun(done({ runsOn: [] })), 'a job of a runner group has a runner');
  assert.ok(!isCheckRun(done({ ...bare, runnerId: 5 })));
  assert.ok(!isCheckRun(done({ ...bare, steps: [STEP] })));
  assert.ok(!isCheckRun(done({ ...bare, runsOn: ['x'], conclusion: 'failure' })), 'one that never started');
});

test('a job has started when it has a runner or steps, and is past the queue and not skipped', () => {
  const bare = { runnerId: null, runnerName: null, steps: [] };
  assert.ok(hasStarted(running({ ...bare, runnerId: 1 })));
  assert.ok(hasStarted(running({ ...bare, steps: [STEP] })));
  assert.ok(!hasStarted(running(bare)));
  assert.ok(!hasStarted(done({ ...bare, runnerId: 0 })));
  assert.ok(!hasStarted(job({ runnerId: 5 })));
  assert.ok(!hasStarted(done({ conclusion: 'skipped' })));
});

test('a duration of years is left out and counted as an anomaly', () => {
  const numbers = numbersOf(play([done({ completedAtMs: Date.UTC(2099, 0, 1) })]).facts);
  assert.ok(numbers.includes('ant_watcher_timestamp_anomalies_total job_duration 0 1'));
  assert.ok(numbers.every((line) => !line.includes('job_duration_seconds')));
});

test('an end is counted with the labels of its own report, whatever was reported before', () => {
  const started = running({ runnerGroup: 'large', startedAtMs: T0 + 7000 });
  const ended = done({ runnerGroup: null, runsOn: [] });
  for (const story of [
    [started, ended],
    [ended, started],
  ]) {
    const busy = numbersOf(play(story).facts).filter((line) => line.includes('busy'));
    assert.deepEqual(busy, ['github_actions_runner_busy_seconds_total o/r|none|unknown 0 60000']);
  }
});

test('a job has started when any report says so, in any order', () => {
  const ended = done({ conclusion: 'failure', runnerId: null, runnerName: null, steps: [] });
  for (const story of [
    [running(), ended],
    [ended, running()],
  ]) {
    const { states, facts } = play(story);
    assert.equal(states.get(1)?.hasStarted, true);
    assert.equal(facts.filter(({ kind }) => kind === 'job_started').length, 1);
  }
});

test('only a failed job is counted with a cause of failure', () => {
  const failuresOf = (conclusion: string) =>
    play([done({ conclusion })]).facts.flatMap((fact) => (fact.kind === 'job_failed' ? [fact.cause] : []));
  assert.deepEqual(failuresOf('failure'), ['runner_lost']);
  assert.deepEqual(failuresOf('success'), []);
});

test('the counted queue time and duration are kept with the job that they were counted for', () => {
  const again = { jobId: 2, runAttempt: 2 };
  const { states } = play([job(), running(), done(), done(again)]);
  const kept = (jobId: number) => [states.get(jobId)?.queueMs, states.get(jobId)?.durationMs];
  assert.deepEqual(kept(1), [7000, 60_000]);
  assert.deepEqual(kept(2), [null, null], 'carried over');
  const late = play([done(), running(), job()]).states.get(1);
  assert.deepEqual([late?.queueMs, late?.durationMs], [7000, 60_000]);
  const skipped = play([done({ conclusion: 'skipped', steps: [], runnerId: null })]).states.get(1);
  assert.deepEqual([skipped?.queueMs, skipped?.durationMs], [null, null]);
});
