import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { done, job, numbersOf, play, running, STEP, T0 } from '../../../test/fixtures/job.ts';
import type { JobState } from './state.ts';

test('executions reported again under new ids are counted once, in any order and with any duplicates', () => {
  const secondRunner = { runnerId: 6, runnerName: 'r6' };
  const story = [
    job(),
    running(),
    done(),
    // Same name, attempt and times, but another runner: a separate execution.
    job({ jobId: 2 }),
    running({ jobId: 2, ...secondRunner }),
    done({ jobId: 2, ...secondRunner }),
    // Both carried over into the second attempt, in which a third one runs.
    done({ jobId: 11, runAttempt: 2, createdAtMs: T0 + 100_000 }),
    done({ jobId: 12, runAttempt: 2, ...secondRunner }),
    job({ jobId: 13, runAttempt: 2, createdAtMs: T0 + 100_000 }),
    done({
      jobId: 13,
      runAttempt: 2,
      createdAtMs: T0 + 100_000,
      startedAtMs: T0 + 101_000,
      completedAtMs: T0 + 102_000,
    }),
    // Two identical skipped jobs, both reported again in the second attempt.
    ...[21, 22].map((jobId) =>
      done({ jobId, conclusion: 'skipped', runnerId: null, runnerName: null, steps: [] }),
    ),
    ...[31, 32].map((jobId) =>
      done({ jobId, runAttempt: 2, conclusion: 'skipped', runnerId: null, runnerName: null, steps: [] }),
    ),
  ];
  const expected = numbersOf(play(story).facts);
  assert.ok(expected.includes('github_actions_jobs_total o/r|CI|build|ubuntu-latest|success 0 3'));
  assert.ok(expected.includes('github_actions_jobs_total o/r|CI|build|ubuntu-latest|skipped 0 2'));
  assert.ok(expected.includes('github_actions_job_queue_seconds o/r|CI|ubuntu-latest -1 15000'));
  const disturbed = fc
    .tuple(
      fc.shuffledSubarray(story, { minLength: story.length }),
      fc.array(fc.constantFrom(...story), { maxLength: 9 }),
    )
    .chain(([all, extra]) =>
      fc.shuffledSubarray([...all, ...extra], { minLength: all.length + extra.length }),
    );
  fc.assert(
    fc.property(disturbed, (order) => {
      assert.deepEqual(numbersOf(play(order).facts), expected);
    }),
    { numRuns: 500 },
  );
});

test('what is known of a job does not depend on the order of its events, even of those at the same moment', () => {
  const sameMoment = [
    job({ status: 'waiting', observedAtMs: T0 + 3, headSha: null, runsOn: [] }),
    job({ observedAtMs: T0 + 3 }),
    job({ observedAtMs: T0 + 1, hasEnvironment: true }),
  ];
  const twice = [job(), job({ status: 'waiting', observedAtMs: T0 + 2 }), job({ status: 'waiting' })];
  const released = [...twice, job({ observedAtMs: T0 + 3 })];
  for (const story of [sameMoment, twice, released]) {
    fc.assert(
      fc.property(fc.shuffledSubarray(story, { minLength: story.length }), (order) => {
        assert.deepEqual(play(order).states.get(1), play(story).states.get(1));
      }),
    );
  }
  const { status, firstSeenAtMs, runsOn, headSha } = play(sameMoment).states.get(1) as JobState;
  assert.deepEqual([status, firstSeenAtMs, headSha, runsOn], ['waiting', T0 + 1, 'abc', ['ubuntu-latest']]);
  for (const story of [twice, released]) assert.equal(play(story).states.get(1)?.waitedAtMs, T0 + 2);
});

test('a completed job keeps its conclusion, whatever is reported later', () => {
  const { states } = play([done(), done({ conclusion: 'failure', observedAtMs: T0 + 900_000 })]);
  assert.equal(states.get(1)?.conclusion, 'success');
});

test('reports that differ in end, runner id or runner name are separate executions', () => {
  const differences = [{ completedAtMs: T0 + 68_000 }, { runnerId: 6 }, { runnerName: 'r6' }];
  for (const difference of differences) {
    const { facts } = play([done(), done({ ...difference, jobId: 2, runAttempt: 2 })]);
    assert.equal(facts.filter(({ kind }) => kind === 'job_completed').length, 2);
  }
});

test('jobs that end at the same moment without a runner are distinguished by their conclusions, in any order', () => {
  const never = { runnerId: null, runnerName: null, steps: [] };
  const story = [
    done({ ...never, conclusion: 'cancelled' }),
    done({ ...never, jobId: 2, conclusion: 'skipped' }),
    done({ ...never, jobId: 3, conclusion: 'skipped', runAttempt: 2 }),
  ];
  fc.assert(
    fc.property(fc.shuffledSubarray(story, { minLength: story.length }), (order) => {
      assert.deepEqual(numbersOf(play(order).facts), [
        'github_actions_jobs_total o/r|CI|build|ubuntu-latest|cancelled 0 1',
        'github_actions_jobs_total o/r|CI|build|ubuntu-latest|skipped 0 1',
      ]);
    }),
  );
});

test('a report created over five seconds after the start gives no queue time', () => {
  const queuesOf = (createdAtMs: number) =>
    play([running({ createdAtMs, startedAtMs: T0 })]).facts.filter(({ kind }) => kind === 'job_started');
  assert.equal(queuesOf(T0 + 5000).length, 1);
  assert.equal(queuesOf(T0 + 5001).length, 0);
});

test('jobs behind gates that are otherwise identical are each counted as started', () => {
  const gate = { hasEnvironment: true };
  const story = [1, 2].flatMap((jobId) => [
    job({ ...gate, jobId, status: 'waiting' }),
    job({ ...gate, jobId, observedAtMs: T0 + 4000 }),
    running({ ...gate, jobId, runnerId: null, runnerName: null, steps: [STEP] }),
  ]);
  assert.equal(play(story).facts.filter(({ kind }) => kind === 'job_started').length, 2);
});

test('a job that is still running does not count as completed, however similar to a completed one', () => {
  const ended = { conclusion: null, completedAtMs: null };
  const { facts } = play([
    done(ended),
    running({ jobId: 2, runAttempt: 2 }),
    done({ ...ended, jobId: 3, runAttempt: 2 }),
  ]);
  assert.equal(facts.filter(({ kind }) => kind === 'job_completed').length, 1);
});
