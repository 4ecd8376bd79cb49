import assert from 'node:assert/strict';
import { test } from 'node:test';
import { done, job, play, running, STEP, T0 } from '../../../test/fixtures/job.ts';
import type { JobObservation } from '../observation.ts';

/*
 * Each list is given in every order, with its first observation once more at the end: it must always count the same.
 */

function permutations<T>(all: readonly T[]): T[][] {
  if (all.length < 2) return [[...all]];
  return all.flatMap((each, at) => permutations(all.toSpliced(at, 1)).map((rest) => [each, ...rest]));
}

function expectEntries(observations: readonly JobObservation[], expected: number): void {
  for (const order of permutations(observations))
    assert.equal(play([...order, ...observations.slice(0, 1)]).entries, expected);
}

/** What a later attempt reports again, under another id. */
const carried = done({ jobId: 2, runAttempt: 2, observedAtMs: T0 + 100_000 });
const again = { jobId: 3, runAttempt: 3, createdAtMs: T0 + 200_000, observedAtMs: T0 + 200_000 };

test('a job counts once, from whichever report it is heard of first', () => {
  const life = [job(), job({ status: 'waiting', observedAtMs: T0 + 1 }), running(), done()];
  expectEntries(life, 1);
  for (const each of life) expectEntries([each], 1);
});

test('a job that a re-run carries over counts with the execution it repeats', () => {
  expectEntries([job(), running(), done(), carried], 1);
  expectEntries([job(), carried], 1);
  expectEntries([running(), carried], 1);
  expectEntries([carried], 1);
  expectEntries([carried, done({ jobId: 4, runAttempt: 3 })], 1);
});

test('a report that was created after its start is one of those, whatever else is known', () => {
  const late = done({ jobId: 2, runAttempt: 2, createdAtMs: T0 + 90_000 });
  expectEntries([late], 0);
  expectEntries([job(), running(), done(), late], 1);
});

test('each time that it is queued again counts', () => {
  const ranAgain = running({ ...again, startedAtMs: T0 + 210_000 });
  expectEntries([job(), running(), done(), job(again), ranAgain], 2);
  expectEntries([job(), carried, job(again), ranAgain], 2);
});

test('a job that ends without a runner counts if it was queued, and does not explain what ran', () => {
  const unstarted = { status: 'completed', conclusion: 'cancelled', completedAtMs: T0 + 9000 } as const;
  expectEntries([job(), job({ ...unstarted, observedAtMs: T0 + 9000 })], 1);
  expectEntries([job(), job({ ...unstarted, observedAtMs: T0 + 9000 }), carried], 2);
  expectEntries([job(unstarted)], 0);
});

test('a skipped job, and a check run of another tool, never waited', () => {
  expectEntries([job({ status: 'completed', conclusion: 'skipped', runsOn: [] })], 0);
  const checkRun = { runsOn: [], steps: [], runnerId: null, runnerName: null };
  expectEntries([running(checkRun), done(checkRun)], 0);
});

test('jobs of one name in one attempt each count', () => {
  const twin = { jobId: 9 };
  expectEntries([job(), running(), job(twin), running({ ...twin, runnerId: 6, runnerName: 'r6' })], 2);
  // Nothing tells their starts apart.
  const bare = { runnerId: null, runnerName: null, steps: [STEP] };
  expectEntries([done(bare), done({ ...bare, ...twin })], 2);
});
