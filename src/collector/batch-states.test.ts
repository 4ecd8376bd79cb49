import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { done, job, numbersOf, running, T0 } from '../../test/fixtures/job.ts';
import type { Fact } from '../domain/lifecycle/fact.ts';
import { isGone } from '../domain/lifecycle/gone.ts';
import type { JobState } from '../domain/lifecycle/state.ts';
import type { AskedObservation, Observation, RunObservation } from '../domain/observation.ts';
import { BatchStates } from './batch-states.ts';

const NOTHING = { jobs: [], runs: [], deployments: [], reviews: [] };

function gone(afterMs: number, jobId: number | null = 1): AskedObservation {
  const words = { repository: 'o/r', workflow: 'CI', name: 'build (20, ubuntu)', runId: 10, runAttempt: 1 };
  return { kind: 'gone', source: 'api', observedAtMs: T0 + afterMs, jobId, ...words };
}

const RUN: RunObservation = {
  ...{ kind: 'run', source: 'webhook', observedAtMs: T0, repository: 'o/r', workflow: 'CI' },
  ...{
    runId: 10,
    runAttempt: 1,
    runNumber: 3,
    repositoryId: 77,
    workflowFile: '.github/workflows/ci.yml',
    status: 'in_progress',
    conclusion: null,
    event: 'push',
  },
  ...{ branch: 'default', headBranch: 'main', headSha: 'a' },
  ...{ createdAtMs: T0, runStartedAtMs: T0, updatedAtMs: T0 },
};

/** What is known in the end, and what was counted on the way. */
function play(observations: readonly Observation[]) {
  const states = new BatchStates(
    { ...NOTHING, forgottenBeforeMs: null },
    { nowMs: T0, costOf: () => 0, asksReasons: false, tracing: null },
  );
  const facts: Fact[] = observations.flatMap((each) => states.apply(each).facts);
  return { jobs: [...states.changedJobs.values()], runs: [...states.changedRuns.values()], facts };
}

function stateAfter(...observations: Observation[]): JobState {
  const [state] = play(observations).jobs;
  assert.ok(state);
  return state;
}

test('events of a job and reports of its absence give the same state, in any order after the first event', () => {
  const words = [job(), job({ observedAtMs: T0 + 3000 }), running(), done()];
  const absences = [gone(0), gone(2000), gone(50_000), gone(90_000)];
  fc.assert(
    fc.property(
      fc.shuffledSubarray(words, { minLength: 1 }),
      fc.shuffledSubarray(absences),
      fc.array(fc.nat()),
      fc.nat(),
      (told, vain, places, first) => {
        const all: Observation[] = [...told, ...vain];
        const shuffled = [...all];
        for (const place of places) shuffled.push(...shuffled.splice(place % all.length, 1));
        // Only known jobs can be reported as absent.
        const begin = told[first % told.length] as Observation;
        const other = play([begin, ...shuffled.filter((each) => each !== begin)]);
        const plain = play(all);
        assert.deepEqual(other.jobs, plain.jobs);
        assert.deepEqual(numbersOf(other.facts), numbersOf(plain.facts));
        assert.deepEqual(numbersOf(other.facts), numbersOf(play(told).facts), 'an absence counts nothing');
      },
    ),
  );
});

test('a job is gone from when GitHub does not know it until a later event arrives', () => {
  assert.equal(isGone(stateAfter(running())), false);
  assert.equal(isGone(stateAfter(running(), gone(60_000))), true);
  assert.equal(isGone(stateAfter(running(), gone(60_000), gone(9000))), true);
  assert.equal(isGone(stateAfter(running(), gone(60_000), running({ observedAtMs: T0 + 70_000 }))), false);
  assert.equal(isGone(stateAfter(running(), gone(60_000), job())), true, 'a late event from before');
  const { status, completionCounted } = stateAfter(running(), gone(60_000), done());
  assert.deepEqual([status, completionCounted], ['completed', true]);
});

test('a run attempt can be gone while its jobs are not', () => {
  const { runs, jobs } = play([RUN, { ...RUN, runAttempt: 2 }, running(), gone(60_000, null)]);
  assert.deepEqual(runs.map(isGone), [true, false]);
  assert.deepEqual(jobs.map(isGone), [false]);
});

test('an unknown job or run cannot be gone', () => {
  assert.deepEqual(play([gone(0), gone(0, null)]), { jobs: [], runs: [], facts: [] });
});
