import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { done as ended, job, numbersOf, running, T0 } from '../../../test/fixtures/job.ts';
import { BatchStates } from '../../collector/batch-states.ts';
import type { JobObservation } from '../observation.ts';
import { createCostOf } from '../price/bill.ts';
import { NO_CHANGES } from '../transaction.ts';

/** On a runner of GitHub's, whose price is known. */
const done = (over: Partial<JobObservation> = {}) =>
  ended({ runnerName: 'GitHub Actions 5', runnerGroup: 'GitHub Actions', ...over });
const failed = done({ conclusion: 'failure' });
const again = done({ jobId: 2, runAttempt: 2, startedAtMs: T0 + 200_000, completedAtMs: T0 + 230_000 });

/** What is counted as wasted, of one minute at 0.006 dollars. */
function wastedIn(observations: readonly JobObservation[]): string[] {
  const known = { ...NO_CHANGES, forgottenBeforeMs: null };
  const costOf = createCostOf({ priceRules: [] });
  const states = new BatchStates(known, { nowMs: T0, costOf, asksReasons: false, tracing: null });
  const facts = observations.flatMap((each) => states.apply(each).facts);
  return numbersOf(facts)
    .filter((line) => line.includes('wasted'))
    .map((line) => line.replace('github_actions_wasted_', '').replace('o/r|CI|', ''));
}

const REPEATED = ['dollars_total repeated 0 6000', 'seconds_total repeated 0 60000'];

function inAnyOrder(story: readonly JobObservation[], expected: readonly string[]): void {
  fc.assert(
    fc.property(fc.shuffledSubarray([...story], { minLength: story.length }), (order) => {
      assert.deepEqual(wastedIn([...order, ...order]), expected);
    }),
  );
}

test('a job that failed and ran again was for nothing, once, in any order', () => {
  inAnyOrder([failed, again], REPEATED);
  // As soon as a runner has it.
  inAnyOrder([failed, running({ jobId: 2, runAttempt: 2, startedAtMs: T0 + 200_000 })], REPEATED);
  inAnyOrder(
    [failed, again, done({ ...again, jobId: 3, runAttempt: 3, startedAtMs: T0 + 400_000 })],
    REPEATED,
  );
});

test('a report that a re-run carries over is no second run, and its execution is wasted once', () => {
  const carried = { ...failed, jobId: 7, runAttempt: 2 };
  inAnyOrder([failed, carried], []);
  inAnyOrder([failed, carried, { ...again, runAttempt: 3 }], REPEATED);
  // The first report is lost.
  inAnyOrder([carried, { ...again, runAttempt: 3 }], REPEATED);
  const momentary = done({ conclusion: 'failure', completedAtMs: T0 + 7000 });
  inAnyOrder([momentary, { ...momentary, jobId: 7, runAttempt: 2 }], []);
});

test('what passed, was skipped or did not run again, and what no runner took again, is not wasted', () => {
  inAnyOrder([done(), again], []);
  inAnyOrder([failed, done({ ...again, runAttempt: 1 })], []);
  inAnyOrder([failed, job({ jobId: 2, runAttempt: 2, createdAtMs: T0 + 190_000 })], []);
  const skipped = { runnerId: null, runnerName: null, steps: [], conclusion: 'skipped' };
  inAnyOrder([failed, done({ ...again, ...skipped })], []);
  inAnyOrder([failed, done({ ...again, name: 'deploy' })], []);
  inAnyOrder([failed, done({ ...again, runId: 11 })], []);
});

test('a cancelled job was for nothing for that reason alone, whether it ran again or not', () => {
  const cancelled = done({ conclusion: 'cancelled' });
  const expected = ['dollars_total cancelled 0 6000', 'seconds_total cancelled 0 60000'];
  inAnyOrder([cancelled], expected);
  inAnyOrder([cancelled, again], expected);
  inAnyOrder([done({ conclusion: 'cancelled', steps: [], runnerId: null, runnerName: null })], []);
});

test('each execution of one name is wasted by itself', () => {
  const beside = { ...failed, jobId: 3, runnerId: 6, runnerName: 'GitHub Actions 6' };
  inAnyOrder([failed, beside, again], ['dollars_total repeated 0 12000', 'seconds_total repeated 0 120000']);
});
