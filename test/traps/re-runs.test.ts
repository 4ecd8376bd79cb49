import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Webhook } from '../pipeline.ts';
import {
  at,
  busyLine,
  completed,
  inProgress,
  PLACE,
  queued,
  queueLines,
  ranLines,
  runWebhook,
  shown,
  shownInAnyOrder,
  WORKFLOW_FILE,
} from './github.ts';

const LATER_S = 3600;
const FAILED = { id: 100_520_616_900, name: 'test', conclusion: 'failure' };
/** The second attempt of `test`, an hour later. */
const RETRY = { id: 100_520_617_820, name: 'test', run_attempt: 2, created_at: at(LATER_S) };
const RETRIED = { started_at: at(LATER_S + 4), completed_at: at(LATER_S + 34) };

/** "Re-run failed jobs": `build` did not run again, but is reported again under a new id. */
function carried(over: object = {}) {
  return completed(LATER_S + 1, { id: 100_520_617_785, run_attempt: 2, ...over });
}

function retry() {
  return [
    queued(LATER_S, { ...RETRY, started_at: at(LATER_S) }),
    inProgress(LATER_S + 5, { ...RETRY, started_at: RETRIED.started_at }),
    completed(LATER_S + 35, { ...RETRY, ...RETRIED }),
  ];
}

const TEST_LINES = [
  ...ranLines({ job: 'test', conclusion: 'success', runS: 30 }),
  ...ranLines({ job: 'test', conclusion: 'failure', runS: 60 }),
  `github_actions_job_failures_total{${PLACE},job_name="test",cause="runner_lost"} 1`,
  `github_actions_flaky_jobs_total{${PLACE},job_name="test"} 1`,
  `github_actions_wasted_seconds_total{${PLACE},reason="repeated"} 60`,
];

for (const created_at of [at(0), at(LATER_S)]) {
  const creation = created_at === at(0) ? 'its old creation' : 'a new creation';
  test(`jobs carried over by a re-run of failed jobs count once, with ${creation}`, async () => {
    const sent = [completed(68), completed(69, FAILED), ...retry(), carried({ created_at })];
    const expected = [...ranLines({ runS: 60 }), ...TEST_LINES, ...queueLines(3, 7 + 7 + 4), busyLine(150)];
    assert.deepEqual(await shownInAnyOrder(sent), expected.sort());
  });
}

test('jobs carried over by a re-run of failed jobs count once, even when the service was down for the original', async () => {
  const sent = [completed(69, FAILED), ...retry(), carried()];
  const expected = [...ranLines({ runS: 60 }), ...TEST_LINES, ...queueLines(3, 7 + 7 + 4), busyLine(150)];
  assert.deepEqual(await shownInAnyOrder(sent), expected.sort());
  // A creation after the start says nothing about the queue.
  const renewed = [completed(69, FAILED), ...retry(), carried({ created_at: at(LATER_S) })];
  const unknown = [...ranLines({ runS: 60 }), ...TEST_LINES, ...queueLines(2, 7 + 4), busyLine(150)];
  assert.deepEqual(await shownInAnyOrder(renewed), unknown.sort());
});

test('a matrix of 256 jobs, all but one carried over, counts each execution once', async () => {
  const job = (number: number) => ({ id: 100_520_000_000 + number, name: `build (${number}, ubuntu)` });
  const numbers = Array.from({ length: 255 }, (_, index) => index);
  const runner = (number: number) => ({ runner_id: number + 1, runner_name: `GitHub Actions ${number + 1}` });
  const sent = [
    ...numbers.map((number) => completed(68, { ...job(number), ...runner(number) })),
    completed(68, { ...job(255), ...runner(255), conclusion: 'failure' }),
    ...numbers.map((number) =>
      carried({ ...job(number), ...runner(number), id: 100_520_001_000 + number, run_attempt: 2 }),
    ),
  ];
  const jobs = await shown(sent, 'github_actions_jobs_total');
  const labels = `{${PLACE},job_name="build",runs_on="ubuntu-latest"`;
  assert.deepEqual(jobs, [
    `github_actions_jobs_total${labels},conclusion="failure"} 1`,
    `github_actions_jobs_total${labels},conclusion="success"} 255`,
  ]);
});

test('each attempt of a run lasts from its own start, and a report of an earlier one does not change it', async () => {
  const again = {
    run_attempt: 2,
    run_started_at: at(LATER_S),
    previous_attempt_url: 'https://api.github.com/…/attempts/1',
  };
  const first = [runWebhook('requested', -2, {}), runWebhook('completed', 98, { conclusion: 'failure' })];
  const second = [runWebhook('requested', LATER_S, again), runWebhook('in_progress', LATER_S + 3, again)];
  const labels = `{${PLACE},branch="default",conclusion="failure"}`;
  const expected = [
    `github_actions_runs_total{${PLACE},event="push",branch="default",conclusion="failure"} 1`,
    `github_actions_run_duration_seconds_sum${labels} 100`,
    `github_actions_run_duration_seconds_count${labels} 1`,
    `github_actions_active_runs{${PLACE},status="in_progress"} 1`,
    `github_actions_oldest_active_run_timestamp_seconds{status="in_progress"} ${Date.parse(at(LATER_S)) / 1000}`,
    `github_actions_workflow_consecutive_failures{${WORKFLOW_FILE}} 1`,
    `github_actions_workflow_last_run_timestamp_seconds{${WORKFLOW_FILE}} ${Date.parse(at(98)) / 1000}`,
  ];
  assert.deepEqual(await shownInAnyOrder([...first, ...second]), expected.sort());
  const ended = [...first, ...second, runWebhook('completed', LATER_S + 20, again)];
  // Without any job, nobody can tell what it repeated.
  assert.deepEqual(await shownInAnyOrder(ended, 'github_actions_reruns_total'), [
    `github_actions_reruns_total{${PLACE},kind="unknown"} 1`,
  ]);
  const durations = await shownInAnyOrder(ended, 'github_actions_run_duration_seconds');
  const success = labels.replace('failure', 'success');
  assert.deepEqual(durations, [
    `github_actions_run_duration_seconds_count${labels} 1`,
    `github_actions_run_duration_seconds_count${success} 1`,
    `github_actions_run_duration_seconds_sum${labels} 100`,
    `github_actions_run_duration_seconds_sum${success} 20`,
  ]);
});

test('a re-run of failed jobs is told from one of all jobs, and waits for the first job that it runs', async () => {
  const second = { run_attempt: 2, run_started_at: at(LATER_S - 3), conclusion: 'success' };
  const first = [
    completed(68),
    completed(69, FAILED),
    runWebhook('completed', 98, { conclusion: 'failure' }),
  ];
  const rerun = [...first, ...retry(), runWebhook('completed', LATER_S + 40, second)];
  const reruns = (sent: readonly Webhook[]) => shownInAnyOrder(sent, 'github_actions_reruns');
  const kind = (name: string) => [`github_actions_reruns_total{${PLACE},kind="${name}"} 1`];
  assert.deepEqual(await reruns([...rerun, carried()]), kind('failed'));
  const build = { id: 100_520_617_785, run_attempt: 2, started_at: at(LATER_S + 1), created_at: at(LATER_S) };
  assert.deepEqual(
    await reruns([...rerun, completed(LATER_S + 20, { ...build, completed_at: at(LATER_S + 9) })]),
    kind('all'),
  );
  // What had passed is not reported: nobody can tell.
  assert.deepEqual(await reruns(rerun), kind('unknown'));
  const queue = await shownInAnyOrder([...rerun, carried()], 'github_actions_run_queue');
  assert.deepEqual(queue, [
    `github_actions_run_queue_seconds_count{${PLACE}} 2`,
    `github_actions_run_queue_seconds_sum{${PLACE}} ${9 + 7}`,
  ]);
});
