import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DURATION_BUCKETS_MS } from '../catalogue.ts';
import { createMeasure } from '../measure.ts';
import { IncrementSums } from '../metric.ts';
import type { JobObservation, RunObservation } from '../observation.ts';
import type { Fact } from './fact.ts';
import { HOLD_MS } from './gate.ts';
import { hasStarted, isCheckRun, releaseHold, transitionJob } from './job.ts';
import { transitionRun } from './run.ts';
import type { JobState, RunState } from './state.ts';

const measure = createMeasure({
  durationBucketsMs: DURATION_BUCKETS_MS,
  stepDurations: false,
  priceRules: [],
});
const T0 = Date.UTC(2026, 10, 23, 12, 0, 0);

function job(over: Partial<JobObservation> = {}): JobObservation {
  return {
    kind: 'job',
    source: 'webhook',
    observedAtMs: T0,
    repository: 'o/r',
    workflow: 'CI',
    jobId: 1,
    runId: 10,
    runAttempt: 1,
    name: 'build (20, ubuntu)',
    status: 'queued',
    conclusion: null,
    createdAtMs: T0,
    startedAtMs: T0,
    completedAtMs: null,
    runsOn: ['ubuntu-latest'],
    runnerId: null,
    runnerName: null,
    runnerGroup: null,
    headBranch: 'main',
    headSha: 'abc',
    steps: [],
    isPublicRepository: false,
    hasEnvironment: false,
    deploymentUpdatedAtMs: null,
    ...over,
  };
}

const STEP = {
  number: 1,
  name: 's',
  status: 'completed',
  conclusion: 'success',
  startedAtMs: T0,
  completedAtMs: T0,
};

function running(over: Partial<JobObservation> = {}): JobObservation {
  return job({
    status: 'in_progress',
    startedAtMs: T0 + 7000,
    runnerId: 5,
    runnerName: 'r5',
    observedAtMs: T0 + 8000,
    ...over,
  });
}

function done(over: Partial<JobObservation> = {}): JobObservation {
  return running({
    status: 'completed',
    conclusion: 'success',
    completedAtMs: T0 + 67_000,
    steps: [STEP],
    observedAtMs: T0 + 68_000,
    ...over,
  });
}

/** Applies jobs of one run and name in the given order; answers the states and all facts. */
function play(observations: readonly JobObservation[]): { states: Map<number, JobState>; facts: Fact[] } {
  const states = new Map<number, JobState>();
  const facts: Fact[] = [];
  for (const observation of observations) {
    const result = transitionJob([...states.values()], observation, T0);
    states.set(result.state.jobId, result.state);
    facts.push(...result.facts);
  }
  return { states, facts };
}

/** The numbers that facts add up to, in a form to compare. */
function numbersOf(facts: readonly Fact[]): string[] {
  const sums = new IncrementSums();
  for (const fact of facts) sums.add(measure(fact));
  return sums
    .take()
    .map(({ metric, labels, cell, delta }) => `${metric} ${labels.join('|')} ${cell} ${delta}`)
    .sort();
}

test('a job that runs is queued from its creation to its start and runs from its start to its end', () => {
  const { facts } = play([job(), running(), done()]);
  assert.deepEqual(numbersOf(facts), [
    'github_actions_job_duration_seconds o/r|CI|build|success -1 60000',
    'github_actions_job_duration_seconds o/r|CI|build|success 60000 1',
    'github_actions_job_queue_seconds o/r|CI|ubuntu-latest -1 7000',
    'github_actions_job_queue_seconds o/r|CI|ubuntu-latest 10000 1',
    'github_actions_jobs_total o/r|CI|build|ubuntu-latest|success 0 1',
    'github_actions_runner_busy_seconds_total o/r|ubuntu-latest|unknown 0 60000',
  ]);
});

test('the start time of a queued job is not taken for a start', () => {
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

test('check runs of other tools are told from jobs', () => {
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

test('a job has started when it has a runner or steps, and is beyond the queue and not skipped', () => {
  const bare = { runnerId: null, runnerName: null, steps: [] };
  assert.ok(hasStarted(running({ ...bare, runnerId: 5 })));
  assert.ok(hasStarted(running({ ...bare, steps: [STEP] })));
  assert.ok(!hasStarted(running(bare)));
  assert.ok(!hasStarted(done({ ...bare, runnerId: 0 })));
  assert.ok(!hasStarted(job({ runnerId: 5 })));
  assert.ok(!hasStarted(done({ conclusion: 'skipped' })));
});

test('executions reported again under new ids are counted once, in any order and with any duplicates', () => {
  const secondRunner = { runnerId: 6, runnerName: 'r6' };
  const story = [
    job(),
    running(),
    done(),
    // Of the same name in the same attempt and at the same times, on another runner: an execution of its own.
    job({ jobId: 2 }),
    running({ jobId: 2, ...secondRunner }),
    done({ jobId: 2, ...secondRunner }),
    // Both carried over into the second attempt, where a third one runs.
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
    // Two skipped jobs that nothing tells apart, and both again in the second attempt.
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

test('a failure and a later success are one flake, in any order, whatever jobs share their name', () => {
  const failed = { conclusion: 'failure', completedAtMs: T0 + 50_000 };
  const later = { startedAtMs: T0 + 200_000, completedAtMs: T0 + 210_000, runnerId: 6, runnerName: 'r6' };
  const story = [
    done(failed),
    // Carried over, while another job of its name passes; and that one carried over.
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

test('a job that fails and passes in turn is flaky as often as it does', () => {
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

test('what is known of a job does not depend on the order of its events, not even of those of one moment', () => {
  const sameMoment = [
    job({ status: 'waiting', observedAtMs: T0 + 3, headSha: null, runsOn: [] }),
    job({ observedAtMs: T0 + 3 }),
    job({ observedAtMs: T0 + 1, hasEnvironment: true }),
  ];
  const twice = [job(), job({ status: 'waiting', observedAtMs: T0 + 2 }), job({ status: 'waiting' })];
  for (const story of [sameMoment, twice]) {
    fc.assert(
      fc.property(fc.shuffledSubarray(story, { minLength: story.length }), (order) => {
        assert.deepEqual(play(order).states.get(1), play(story).states.get(1));
      }),
    );
  }
  const { status, firstSeenAtMs, runsOn, headSha } = play(sameMoment).states.get(1) as JobState;
  assert.deepEqual([status, firstSeenAtMs, headSha, runsOn], ['waiting', T0 + 1, 'abc', ['ubuntu-latest']]);
  assert.equal(play(twice).states.get(1)?.waitedAtMs, T0 + 2);
});

test('a completed job keeps what it was completed with, whatever is said of it later', () => {
  const { states } = play([done(), done({ conclusion: 'failure', observedAtMs: T0 + 900_000 })]);
  assert.equal(states.get(1)?.conclusion, 'success');
});

test('a success is no flake when it began before the failure ended, or in the same attempt', () => {
  const failed = done({ conclusion: 'failure' });
  const beside = { startedAtMs: T0 + 9000, runnerId: 6, runnerName: 'r6' };
  const after = { ...beside, startedAtMs: T0 + 70_000, completedAtMs: T0 + 80_000 };
  // Jobs of one name: one fails in both attempts, while another passes and is carried over.
  const again = { startedAtMs: T0 + 200_000, completedAtMs: T0 + 210_000, runAttempt: 2 };
  const concurrent = [
    failed,
    done({ ...beside, jobId: 2 }),
    done({ ...beside, jobId: 3, runAttempt: 2 }),
    done({ ...again, jobId: 4, conclusion: 'failure' }),
  ];
  for (const story of [concurrent, [failed, done({ ...after, jobId: 2 })]]) {
    assert.deepEqual(
      play(story).facts.filter(({ kind }) => kind === 'job_flaky'),
      [],
    );
  }
});

test('reports that differ in end, runner or its name are executions of their own', () => {
  const differences = [{ completedAtMs: T0 + 68_000 }, { runnerId: 6 }, { runnerName: 'r6' }];
  for (const difference of differences) {
    const { facts } = play([done(), done({ ...difference, jobId: 2, runAttempt: 2 })]);
    assert.equal(facts.filter(({ kind }) => kind === 'job_completed').length, 2);
  }
});

test('a job that may have a gate is held until the word of it has come', () => {
  const gate = { hasEnvironment: true };
  const held = play([job(gate), running()]);
  assert.deepEqual(held.facts, []);
  assert.equal(held.states.get(1)?.heldUntilMs, T0 + HOLD_MS);
  const waited = job({ ...gate, status: 'waiting', observedAtMs: T0 + 1000 });
  const released = job({ ...gate, observedAtMs: T0 + 4000 });
  const told = play([job(gate), running(), waited, released]);
  assert.deepEqual(
    told.facts.map(({ kind }) => kind),
    ['job_approved', 'job_started'],
  );
  assert.equal(told.states.get(1)?.heldUntilMs, null);
});

test('a job carried over tells no queue time when the gate before it is known and its release is not', () => {
  const gate = { hasEnvironment: true };
  const story = [
    job({ ...gate, status: 'waiting' }),
    running(gate),
    done({ ...gate, jobId: 2, runAttempt: 2, observedAtMs: T0 + 900_000 }),
  ];
  fc.assert(
    fc.property(fc.shuffledSubarray(story, { minLength: story.length }), (order) => {
      const { states, facts } = play(order);
      const known = [...states.values()];
      const released = known.flatMap(
        (state) =>
          releaseHold(
            state,
            known.filter((other) => other !== state),
            T0 + HOLD_MS,
          ).facts,
      );
      assert.deepEqual(
        [...facts, ...released].filter(({ kind }) => kind === 'job_started'),
        [],
      );
    }),
  );
});

test('jobs that end in the same moment without a runner are told apart by their conclusions, in any order', () => {
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

function run(over: Partial<RunObservation> = {}): RunObservation {
  return {
    kind: 'run',
    source: 'webhook',
    observedAtMs: T0,
    repository: 'o/r',
    workflow: 'CI',
    runId: 10,
    runAttempt: 1,
    runNumber: 3,
    status: 'requested',
    conclusion: null,
    event: 'push',
    branch: 'default',
    headBranch: 'main',
    headSha: 'abc',
    createdAtMs: T0,
    runStartedAtMs: T0,
    updatedAtMs: T0,
    ...over,
  };
}

test('a run attempt is counted once, in any order; its duration is that of the attempt', () => {
  const end = { status: 'completed', conclusion: 'success', updatedAtMs: T0 + 90_000 } as const;
  const story = [
    run(),
    run({ status: 'in_progress', observedAtMs: T0 + 1000 }),
    run({ ...end, observedAtMs: T0 + 91_000 }),
  ];
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...story), { maxLength: 4 }),
      fc.shuffledSubarray(story, { minLength: 3 }),
      (a, b) => {
        let state: RunState | undefined;
        const facts: Fact[] = [];
        for (const observation of [...a, ...b]) {
          const result = transitionRun(state, observation);
          state = result.state;
          facts.push(...result.facts);
        }
        assert.equal(state?.status, 'completed');
        assert.deepEqual(numbersOf(facts), [
          'github_actions_run_duration_seconds o/r|CI|default|success -1 90000',
          'github_actions_run_duration_seconds o/r|CI|default|success 120000 1',
          'github_actions_runs_total o/r|CI|push|default|success 0 1',
        ]);
      },
    ),
  );
});

test('a run is first seen when the first of its events was made', () => {
  const [early, late] = [run({ observedAtMs: T0 + 1 }), run({ observedAtMs: T0 + 2 })];
  for (const [first, second] of [
    [early, late],
    [late, early],
  ] as const) {
    const { state } = transitionRun(transitionRun(undefined, first).state, second);
    assert.equal(state.firstSeenAtMs, T0 + 1);
  }
});

test('a run held for approval is completed by its first event and needs no job', () => {
  const held = run({ status: 'completed', conclusion: 'action_required' });
  assert.equal(transitionRun(undefined, held).facts.length, 1);
});

test('what is missing in the last word is filled from earlier ones, and completed is never undone', () => {
  const { state } = transitionRun(
    transitionRun(undefined, run({ status: 'completed', headSha: null })).state,
    run(),
  );
  assert.equal(state.status, 'completed');
  assert.equal(state.headSha, 'abc');
  const late = play([done({ runnerName: null, runnerId: 5 }), running()]).states.get(1);
  assert.equal(late?.status, 'completed');
  assert.equal(late?.runnerName, 'r5');
});

test('a time that would make a duration of years is left out and counted as an anomaly', () => {
  const numbers = numbersOf(play([done({ completedAtMs: Date.UTC(2099, 0, 1) })]).facts);
  assert.ok(numbers.includes('ant_watcher_timestamp_anomalies_total job_duration 0 1'));
  assert.ok(numbers.every((line) => !line.includes('job_duration_seconds')));
});
