import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deliveryOf, openPipeline, type Webhook } from '../pipeline.ts';
import {
  at,
  completed,
  inProgress,
  NO_RUNNER,
  NOW,
  PLACE,
  queued,
  shown,
  shownInAnyOrder,
} from './github.ts';

const jobsLine = (runsOn: string, conclusion: string, count = 1) =>
  `github_actions_jobs_total{${PLACE},job_name="build",runs_on="${runsOn}",conclusion="${conclusion}"} ${count}`;

/** What GitHub sends when a step reports test results as a check run. */
const CHECK_RUN = { name: 'Test report', labels: [], ...NO_RUNNER, started_at: at(40), completed_at: at(40) };

for (const conclusion of ['success', 'failure']) {
  test(`check runs that other tools report as jobs are not jobs, with conclusion ${conclusion}`, async () => {
    const sent = [completed(41, { ...CHECK_RUN, conclusion })];
    assert.deepEqual(await shown(sent), []);
    assert.deepEqual(await shown(sent, 'ant_watcher_ignored_observations'), [
      'ant_watcher_ignored_observations_total{reason="check_run"} 1',
    ]);
  });
}

test('a check run stays one while in progress, next to a job of the same name, and when reported again', async () => {
  const running = { ...CHECK_RUN, name: 'build', id: 7, completed_at: null };
  const sent = [
    inProgress(41, running),
    completed(42, { ...CHECK_RUN, name: 'build', id: 7, conclusion: 'failure' }),
    completed(68),
  ];
  assert.deepEqual(
    await shownInAnyOrder(sent, 'github_actions_job'),
    await shown([completed(68)], 'github_actions_job'),
  );
  assert.deepEqual(await shownInAnyOrder(sent, 'github_actions_active_jobs'), []);
  assert.deepEqual(await shown([inProgress(41, running)]), []);
});

test('a failing check run and a job of its name that passes in the next attempt are not a flaky job', async () => {
  const check = completed(42, { ...CHECK_RUN, name: 'build', id: 7, conclusion: 'failure' });
  const passed = completed(168, { run_attempt: 2, started_at: at(107), completed_at: at(167) });
  assert.deepEqual(await shownInAnyOrder([check, passed], 'github_actions_flaky_jobs'), []);
});

/** `runs-on: {group: x}` asks for no labels. */
const GROUP = { labels: [] };
const REFUSED = { ...GROUP, ...NO_RUNNER, conclusion: 'failure', started_at: at(3), completed_at: at(3) };
const refusedLines = [
  `github_actions_job_failures_total{${PLACE},job_name="build",cause="startup"} 1`,
  jobsLine('none', 'failure'),
];

test('a job of a runner group that ends before a runner took it counts once it was reported queued, before or after', async () => {
  const sent = [queued(1, GROUP), completed(4, REFUSED)];
  assert.deepEqual(await shownInAnyOrder(sent), refusedLines);
  assert.deepEqual(await shown(sent, 'ant_watcher_ignored_observations'), []);
  const listed: Webhook = { ...queued(1, GROUP), source: 'api' };
  assert.deepEqual(await shownInAnyOrder([listed, completed(4, REFUSED)]), refusedLines);
});

test('explain shows why the end of such a job did not count, and what counted it', async () => {
  await using pipeline = await openPipeline({ clock: { nowMs: NOW } });
  const explain = async (each: Webhook) => {
    await pipeline.accept([deliveryOf(each, NOW)]);
    await pipeline.settle();
    const { jobs, observations } = await pipeline.store.explainJob(100_520_616_165);
    const ofRun = await pipeline.store.explainRun(17_000_000_001);
    assert.equal(ofRun.jobs.length, jobs.length);
    return { jobs, last: observations.at(-1) };
  };
  const bare = await explain(completed(4, REFUSED));
  assert.deepEqual([bare.jobs, bare.last?.before, bare.last?.after], [[], null, 'ignored']);
  assert.match(
    bare.last?.why ?? '',
    /a check run of another tool, or a job that has not been reported as queued yet/,
  );
  const proven = await explain(queued(1, GROUP));
  assert.deepEqual([proven.jobs.length, proven.last?.before, proven.last?.after], [1, null, 'completed']);
  const counted = proven.last?.counted.map(({ metric }) => metric) ?? [];
  assert.deepEqual(counted, ['github_actions_jobs_total', 'github_actions_job_failures_total']);
});

test('a job of a runner group is recognised by its runner, by runner 0 if it never started, and by its environment', async () => {
  assert.deepEqual(await shownInAnyOrder([completed(4, { ...REFUSED, runner_id: 0 })]), refusedLines);
  const deployment = { deployment: { updated_at: at(3) } };
  assert.deepEqual(await shownInAnyOrder([completed(4, REFUSED, deployment)]), refusedLines);
  const ran = completed(68, { ...GROUP, runner_group_name: 'x' });
  assert.deepEqual(await shownInAnyOrder([ran], 'github_actions_jobs_total'), [jobsLine('none', 'success')]);
});

test('a job of a runner group that runs again and then passes was flaky, in either order of reports', async () => {
  const passed = completed(168, {
    ...GROUP,
    id: 8,
    run_attempt: 2,
    started_at: at(107),
    completed_at: at(167),
  });
  const sent = [completed(4, REFUSED), passed, queued(1, GROUP)];
  const flaky = `github_actions_flaky_jobs_total{${PLACE},job_name="build"} 1`;
  assert.deepEqual(await shownInAnyOrder(sent, 'github_actions_flaky'), [flaky]);
});

test('a skipped job counts once and has no durations, although its times run backwards', async () => {
  const sent = completed(1, {
    ...NO_RUNNER,
    conclusion: 'skipped',
    labels: [],
    created_at: at(1),
    started_at: at(0),
    completed_at: at(0),
  });
  assert.deepEqual(await shownInAnyOrder([sent]), [jobsLine('none', 'skipped')]);
  assert.deepEqual(await shown([sent], 'ant_watcher_timestamp_anomalies'), []);
});

for (const runner_id of [0, null]) {
  test(`a job cancelled before a runner took it has no durations, with runner_id ${runner_id}`, async () => {
    const end = {
      ...NO_RUNNER,
      runner_id,
      conclusion: 'cancelled',
      started_at: at(500),
      completed_at: at(500),
    };
    const sent = [queued(1), completed(501, end)];
    assert.deepEqual(await shownInAnyOrder(sent), [jobsLine('ubuntu-latest', 'cancelled')]);
  });
}

test('a job that failed before a runner took it failed at its start, and has no durations', async () => {
  const end = { ...NO_RUNNER, runner_id: 0, conclusion: 'failure', started_at: at(3), completed_at: at(3) };
  assert.deepEqual(await shownInAnyOrder([queued(1), completed(4, end)]), [
    `github_actions_job_failures_total{${PLACE},job_name="build",cause="startup"} 1`,
    jobsLine('ubuntu-latest', 'failure'),
  ]);
});

test('the start time claimed by a queued job is not its start', async () => {
  const active = `github_actions_active_jobs{${PLACE},runs_on="ubuntu-latest",status=`;
  // Some of GitHub's examples name a runner while the job is still queued.
  const sent = queued(1, { runner_id: 5, runner_name: 'GitHub Actions 5' });
  assert.deepEqual(await shown([sent], 'github_actions_job'), []);
  assert.deepEqual(await shown([sent], 'github_actions_active_jobs'), [`${active}"queued"} 1`]);
  const started = [sent, inProgress(8)];
  const labels = `{${PLACE},runs_on="ubuntu-latest"}`;
  assert.deepEqual(await shownInAnyOrder(started, 'github_actions_job'), [
    `github_actions_job_queue_seconds_count${labels} 1`,
    `github_actions_job_queue_seconds_sum${labels} 7`,
  ]);
  const oldest = 'github_actions_oldest_active_job_timestamp_seconds';
  assert.deepEqual(await shownInAnyOrder(started, oldest), [
    `${oldest}{runs_on="ubuntu-latest",status="in_progress"} ${Date.parse(at(7)) / 1000}`,
  ]);
});
