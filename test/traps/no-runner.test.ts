import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, completed, inProgress, NO_RUNNER, PLACE, queued, shown, shownInAnyOrder } from './github.ts';

const jobsLine = (runsOn: string, conclusion: string, count = 1) =>
  `github_actions_jobs_total{${PLACE},job_name="build",runs_on="${runsOn}",conclusion="${conclusion}"} ${count}`;

/** What GitHub sends when a step reports test results as a check run. */
const CHECK_RUN = { name: 'Test report', labels: [], ...NO_RUNNER, started_at: at(40), completed_at: at(40) };

for (const conclusion of ['success', 'failure']) {
  test(`check runs that other tools report as jobs are no jobs, with conclusion ${conclusion}`, async () => {
    const told = [completed(41, { ...CHECK_RUN, conclusion })];
    assert.deepEqual(await shown(told), []);
    assert.deepEqual(await shown(told, 'ant_watcher_ignored_observations'), [
      'ant_watcher_ignored_observations_total{reason="check_run"} 1',
    ]);
  });
}

test('a skipped job counts once and has no durations, although its times run backwards', async () => {
  const told = completed(1, {
    ...NO_RUNNER,
    conclusion: 'skipped',
    labels: [],
    created_at: at(1),
    started_at: at(0),
    completed_at: at(0),
  });
  assert.deepEqual(await shownInAnyOrder([told]), [jobsLine('none', 'skipped')]);
  assert.deepEqual(await shown([told], 'ant_watcher_timestamp_anomalies'), []);
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
    const told = [queued(1), completed(501, end)];
    assert.deepEqual(await shownInAnyOrder(told), [jobsLine('ubuntu-latest', 'cancelled')]);
  });
}

test('a job that failed before a runner took it failed at its start, and has no durations', async () => {
  const end = { ...NO_RUNNER, runner_id: 0, conclusion: 'failure', started_at: at(3), completed_at: at(3) };
  assert.deepEqual(await shownInAnyOrder([queued(1), completed(4, end)]), [
    `github_actions_job_failures_total{${PLACE},job_name="build",cause="startup"} 1`,
    jobsLine('ubuntu-latest', 'failure'),
  ]);
});

test('the start that a queued job claims is not its start', async () => {
  const active = `github_actions_active_jobs{${PLACE},runs_on="ubuntu-latest",status=`;
  // Some examples of GitHub's name a runner while the job is still queued.
  const told = queued(1, { runner_id: 5, runner_name: 'GitHub Actions 5' });
  assert.deepEqual(await shown([told], 'github_actions_job'), []);
  assert.deepEqual(await shown([told], 'github_actions_active_jobs'), [`${active}"queued"} 1`]);
  const started = [told, inProgress(8)];
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
