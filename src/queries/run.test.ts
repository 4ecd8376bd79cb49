import assert from 'node:assert/strict';
import { test } from 'node:test';
import { finishedJob, PLACE } from '../../test/fixtures/facts.ts';
import { job, run as runState } from '../../test/fixtures/states.ts';
import { assertAnswers } from '../../test/openapi.ts';
import type { JobState } from '../domain/lifecycle/state.ts';
import type { Run } from '../domain/openapi-types.ts';
import type { WholeRun } from '../domain/queries.ts';
import { type FakeHistory, fakeReader } from './fake-reader.ts';
import { run } from './run.ts';

const NOW = 100 * 3_600_000;
const START = NOW - 3_600_000;
const NO_GATE = { waitedAtMs: null, queuedAtMs: null, releasedAtMs: null, hasEnvironment: false };

/** A job of run 2; times are seconds after its start. */
function ran(jobId: number, [created, started, ended]: readonly number[], over: Partial<JobState> = {}) {
  const at = (seconds: number | undefined) => (seconds === undefined ? null : START + seconds * 1000);
  const isOver = ended !== undefined;
  return job({
    ...NO_GATE,
    ...{ runId: 2, jobId, name: `job ${jobId}`, hasStarted: true },
    ...{ status: isOver ? 'completed' : 'in_progress', conclusion: isOver ? 'success' : null },
    ...{ createdAtMs: at(created), startedAtMs: at(started), completedAtMs: at(ended) },
    ...{ queueMs: isOver ? 1000 : null, durationMs: isOver ? 1000 : null },
    ...over,
  });
}

function attempt(over: Parameters<typeof runState>[0] = {}) {
  const times = { createdAtMs: START, runStartedAtMs: START, updatedAtMs: NOW };
  return runState({ runId: 2, status: 'completed', conclusion: 'success', ...times, ...over });
}

async function answerOf(whole: WholeRun, history: Partial<FakeHistory> = {}, number: number | null = null) {
  const reader = fakeReader({ nowMs: NOW, runs: [whole], ...history });
  const answer = await run(reader, { runId: 2, attempt: number, webUrl: 'https://gh' });
  if ('known' in answer) return answer.known;
  assertAnswers('Run', answer.run);
  return answer.run;
}

async function shown(...args: Parameters<typeof answerOf>): Promise<Run> {
  const answer = await answerOf(...args);
  assert.ok('run' in answer);
  return answer;
}

test('a job is shown with its steps, and with why it failed', async () => {
  const whole = { runs: [attempt()], jobs: [ran(1, [0, 2, 10], { conclusion: 'failure' }), ran(2, [0, 2])] };
  const endedAtMs = START + 10_000;
  const times = { startedAtMs: START + 2000, completedAtMs: null };
  const steps = [{ number: 1, name: 'test', status: 'completed', conclusion: 'failure', ...times }];
  const { jobs } = await shown(whole, {
    finishedJobs: [finishedJob({ jobId: 1, endedAtMs, steps })],
    failedJobs: [{ ...PLACE, jobId: 1, endedAtMs, cause: 'step', step: 'test' }],
  });
  const [first, second] = jobs;
  assert.deepEqual(first?.steps, [
    {
      ...{ number: 1, name: 'test', conclusion: 'failure', completed_at: null },
      started_at: new Date(START + 2000).toISOString(),
    },
  ]);
  assert.deepEqual([first.cause, second?.cause, second?.steps], ['step', null, null]);
});

test('what its annotations say is shown with a job, and with each report of the same execution', async () => {
  const reason = { reason: 'exit_code', exitCode: 137 } as const;
  const failed = ran(1, [0, 1, 30], { conclusion: 'failure' });
  const report = ran(11, [600, 1, 30], { ...failed, jobId: 11, runAttempt: 2, reason });
  // That its program ended with a code is no reason for a job that was cancelled.
  const cancelled = ran(2, [0, 2, 10], { conclusion: 'cancelled', reason });
  const { jobs } = await shown({ runs: TWO, jobs: [failed, report, cancelled, ran(3, [0, 1, 9])] }, {}, 1);
  assert.deepEqual(
    jobs.map((each) => [each.job_id, each.reason, each.exit_code]),
    [
      [1, 'exit_code', 137],
      [2, null, null],
      [3, null, null],
    ],
  );
});

test('after the steps are forgotten, they are null, not none', async () => {
  const { jobs } = await shown({ runs: [attempt()], jobs: [ran(1, [0, 2, 10])] });
  assert.equal(jobs[0]?.steps, null);
});

test('the critical path leads from the job that ended last to the jobs that were waited for', async () => {
  const jobs = [
    ran(1, [0, 1, 30]),
    ran(2, [0, 1, 50]),
    ran(3, [52, 53, 90]),
    ran(4, [52, 53, 60]),
    // Nothing ended within a minute before it: whatever it waited for is not known.
    ran(5, [160, 161, 300]),
    ran(6, [305, 306, 400]),
    ran(7, [401, 401, 401], { conclusion: 'skipped', hasStarted: false }),
  ];
  const { jobs: all } = await shown({ runs: [attempt()], jobs });
  const critical = all.filter((each) => each.critical).map((each) => each.job_id);
  assert.deepEqual(critical, [5, 6]);
  const { jobs: four } = await shown({ runs: [attempt()], jobs: jobs.slice(0, 4) });
  assert.deepEqual(
    four.filter((each) => each.critical).map((each) => each.job_id),
    [2, 3],
  );
});

test('while a run goes on, its critical path ends with the job that has been active longest', async () => {
  const state = attempt({ status: 'in_progress', conclusion: null });
  const jobs = [ran(1, [0, 1, 30]), ran(2, [31, 40]), ran(3, [35, 36])];
  const { run: own, jobs: all } = await shown({ runs: [state], jobs });
  assert.deepEqual(
    all.filter((each) => each.critical).map((each) => each.job_id),
    [1, 2],
  );
  assert.deepEqual([own.status, own.completed_at, own.waiting_seconds], ['in_progress', null, 3600]);
});

test('jobs whose times are the same, or damaged, do not lead in a circle', async () => {
  const jobs = [
    ran(1, [10, 10, 10]),
    ran(2, [10, 10, 10]),
    ran(3, [20, 20, 15]),
    ran(4, [], { completedAtMs: null, status: 'completed' }),
  ];
  const { jobs: all } = await shown({ runs: [attempt()], jobs });
  assert.equal(all.length, 4);
});

const FIRST = [
  ran(1, [0, 1, 30]),
  ran(2, [31, 32, 60], { conclusion: 'failure', runnerName: 'x' }),
  ran(3, [61, 61, 61], { conclusion: 'skipped', hasStarted: false }),
];
const SECOND_START = START + 600_000;
const TWO = [
  attempt({ conclusion: 'failure' }),
  attempt({ runAttempt: 2, runStartedAtMs: SECOND_START, conclusion: 'success' }),
];
const AGAIN = { runAttempt: 2, name: 'job 2' };

test('a job that did not run again is carried over, by its own report or without one', async () => {
  const report = ran(11, [600, 1, 30], { runAttempt: 2, name: 'job 1', queueMs: null, durationMs: null });
  const skipped = { ...FIRST[2], jobId: 13, runAttempt: 2 } as JobState;
  const rerun = ran(12, [601, 602, 640], AGAIN);
  for (const jobs of [
    [...FIRST, report, skipped, rerun],
    [...FIRST, rerun],
  ]) {
    const { jobs: all, attempts } = await shown({ runs: TWO, jobs });
    assert.equal(attempts.length, 2);
    const found = all.map((each) => [each.name, each.carried_over, each.duration_seconds, each.critical]);
    assert.deepEqual(found.toSorted(), [
      ['job 1', true, 1, false],
      ['job 2', false, 1, true],
      ['job 3', true, 1, false],
    ]);
    const { jobs: first } = await shown({ runs: TWO, jobs }, {}, 1);
    assert.deepEqual(
      first.map((each) => [each.job_id, each.carried_over]),
      [
        [1, false],
        [2, false],
        [3, false],
      ],
    );
  }
});

test('what was kept under another report of the same execution is shown with each of them', async () => {
  const failed = ran(1, [0, 1, 30], { conclusion: 'failure' });
  const report = ran(11, [600, 1, 30], { ...failed, jobId: 11, runAttempt: 2, durationMs: null });
  const endedAtMs = START + 30_000;
  const { jobs } = await shown(
    {
      runs: TWO,
      jobs: [
        { ...failed, durationMs: null },
        { ...report, durationMs: 29_000 },
      ],
    },
    { failedJobs: [{ ...PLACE, jobId: 11, endedAtMs, cause: 'step', step: null }] },
    1,
  );
  assert.deepEqual(
    jobs.map((each) => [each.job_id, each.cause, each.duration_seconds]),
    [[1, 'step', 29]],
  );
});

test('while an attempt goes on, jobs that it has not created yet are not shown as carried over', async () => {
  const live = { ...TWO[1], status: 'in_progress', conclusion: null } as (typeof TWO)[number];
  const { jobs } = await shown({ runs: [attempt(), live], jobs: [...FIRST, ran(12, [601, 602], AGAIN)] });
  assert.deepEqual(
    jobs.map((each) => each.job_id),
    [12],
  );
});

test('an approval is shown from the gate to its release', async () => {
  const gate = { hasEnvironment: true, waitedAtMs: START + 1000 };
  const released = { queuedAtMs: START + 100_000, releasedAtMs: START + 100_000 };
  const jobs = [
    ran(1, [0, 110, 200], { ...gate, ...released }),
    ran(2, [0], { ...gate, status: 'waiting', hasStarted: false }),
    ran(3, [0, 1, 30]),
  ];
  const { jobs: all } = await shown({ runs: [attempt()], jobs });
  assert.deepEqual(
    all.map((each) => each.released_at),
    [new Date(START + 100_000).toISOString(), null, null],
  );
});

test('an attempt that is only known from its jobs is there', async () => {
  const jobs = [ran(1, [0, 1, 30]), ran(2, [601, 602, 640], { runAttempt: 2 })];
  const { attempts, run: own } = await shown({ runs: [attempt()], jobs });
  assert.deepEqual(
    attempts.map((each) => [each.run_attempt, each.status, each.event]),
    [
      [1, 'completed', 'push'],
      [2, 'in_progress', 'unknown'],
    ],
  );
  assert.equal(own.run_attempt, 2);
});

test('of a run or attempt that is not known, the attempts that are', async () => {
  const whole = { runs: [attempt()], jobs: [] };
  assert.deepEqual(await answerOf(whole, {}, 7), [1]);
  assert.deepEqual(await answerOf({ runs: [attempt({ runId: 3 })], jobs: [] }), []);
});
