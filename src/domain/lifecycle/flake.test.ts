import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { done, numbersOf, play, running, T0 } from '../../../test/fixtures/job.ts';
import type { Fact } from './fact.ts';

const after = { startedAtMs: T0 + 200_000, completedAtMs: T0 + 210_000, runAttempt: 2 };

function flakesOf(facts: readonly Fact[]): number {
  return facts.reduce((sum, fact) => sum + (fact.kind === 'job_flaky' ? fact.times : 0), 0);
}

test('a failure and a later success are one flake, in any order, whatever other jobs share their name', () => {
  const failed = { conclusion: 'failure', completedAtMs: T0 + 50_000 };
  const later = { startedAtMs: T0 + 200_000, completedAtMs: T0 + 210_000, runnerId: 6, runnerName: 'r6' };
  const story = [
    done(failed),
    // Carried over, while another job of its name passes; then that one is carried over.
    done({ ...failed, jobId: 2, runAttempt: 2 }),
    done({ ...later, jobId: 3, runAttempt: 2 }),
    done({ ...later, jobId: 4, runAttempt: 3 }),
  ];
  fc.assert(
    fc.property(fc.shuffledSubarray(story, { minLength: story.length }), (order) => {
      const flakes = numbersOf(play([...order, ...order, ...order]).facts).filter((line) =>
        line.includes('flaky'),
      );
      assert.deepEqual(flakes, ['github_actions_flaky_jobs_total o/r|CI|build 0 1']);
    }),
  );
});

test('a job that alternates between failure and success is flaky as often as it passes', () => {
  const story = ['failure', 'success', 'success', 'failure', 'success'].map((conclusion, index) => {
    const startedAtMs = T0 + index * 100_000;
    const times = { startedAtMs, completedAtMs: startedAtMs + 50_000 };
    return done({ ...times, conclusion, jobId: index + 1, runAttempt: index + 1 });
  });
  fc.assert(
    fc.property(fc.shuffledSubarray(story, { minLength: story.length }), (order) => {
      const flakes = numbersOf(play(order).facts).filter((line) => line.includes('flaky'));
      assert.deepEqual(flakes, ['github_actions_flaky_jobs_total o/r|CI|build 0 2']);
    }),
  );
});

test('a success that began before the failure ended, or in the same attempt, is not a flake', () => {
  const failed = done({ conclusion: 'failure' });
  const beside = { startedAtMs: T0 + 9000, runnerId: 6, runnerName: 'r6' };
  const sameAttempt = done({ ...after, jobId: 2, runAttempt: 1 });
  // Jobs of the same name: one fails in both attempts, while another passes and is carried over.
  const concurrent = [
    failed,
    done({ ...beside, jobId: 2 }),
    done({ ...beside, jobId: 3, runAttempt: 2 }),
    done({ ...after, jobId: 4, conclusion: 'failure' }),
  ];
  for (const story of [concurrent, [failed, sameAttempt], [sameAttempt, failed]]) {
    assert.deepEqual(
      play(story).facts.filter(({ kind }) => kind === 'job_flaky'),
      [],
    );
  }
});

test('any kind of failure counts, and only finished jobs do', () => {
  const successThen = { ...after, jobId: 2 };
  for (const conclusion of ['failure', 'timed_out', 'startup_failure'])
    assert.equal(flakesOf(play([done({ conclusion }), done(successThen)]).facts), 1, conclusion);
  for (const conclusion of ['cancelled', 'skipped', 'neutral', null])
    assert.equal(flakesOf(play([done({ conclusion }), done(successThen)]).facts), 0, String(conclusion));
  const cancelled = done({ ...successThen, conclusion: 'cancelled' });
  assert.equal(flakesOf(play([done({ conclusion: 'failure' }), cancelled]).facts), 0);
  assert.equal(flakesOf(play([running({ conclusion: 'failure' }), done(successThen)]).facts), 0);
});

test('a success that begins in the same second as the failure ends is a flake, an earlier one is not', () => {
  const failed = done({ conclusion: 'failure' });
  const successAt = (startedAtMs: number) => done({ ...after, startedAtMs, jobId: 2 });
  assert.equal(flakesOf(play([failed, successAt(T0 + 67_000)]).facts), 1);
  assert.equal(flakesOf(play([failed, successAt(T0 + 66_000)]).facts), 0);
});

test('a failure carried over next to the success does not remove the flake', () => {
  const failed = done({ conclusion: 'failure' });
  const carried = [2, 3].map((runAttempt) => ({ ...failed, jobId: runAttempt, runAttempt }));
  assert.equal(flakesOf(play([failed, ...carried, done({ ...after, jobId: 4 })]).facts), 1);
});

test('a missing time does not hide a flake', () => {
  const failed = done({ conclusion: 'failure' });
  const success = done({ ...after, jobId: 2 });
  assert.equal(flakesOf(play([{ ...failed, completedAtMs: null }, success]).facts), 1);
  assert.equal(flakesOf(play([failed, { ...success, startedAtMs: null }]).facts), 1);
});

test('a flake that a late start refutes stays counted, and stands for the next one', () => {
  const failed = done({ conclusion: 'failure' });
  const beside = { startedAtMs: T0 + 9000, runAttempt: 2, runnerId: 6, runnerName: 'r6' };
  const story = [
    failed,
    done({ ...beside, jobId: 2, startedAtMs: null }),
    running({ ...beside, jobId: 2 }),
    done({ ...beside, jobId: 3 }),
    done({ ...after, jobId: 4, runAttempt: 3 }),
  ];
  assert.deepEqual(
    story.map((_, count) => flakesOf(play(story.slice(0, count + 1)).facts)),
    [0, 1, 1, 1, 1],
  );
});

test('one report can add several flakes, when damaged times make it the only link between them', () => {
  // Each ends before it begins, and not before any other one but the next.
  const story = ['failure', 'success', 'failure', 'success', 'failure', 'success'].map(
    (conclusion, index) => {
      const startedAtMs = T0 + 100_000 - index * 10_000;
      const times = { startedAtMs, completedAtMs: startedAtMs - 10_000 };
      return done({ ...times, createdAtMs: T0, conclusion, jobId: index + 1, runAttempt: index + 1 });
    },
  );
  fc.assert(
    fc.property(fc.shuffledSubarray(story, { minLength: story.length }), (order) => {
      assert.equal(flakesOf(play(order).facts), 3);
    }),
  );
});
