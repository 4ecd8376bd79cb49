import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forgetRuns } from '../forget-runs.ts';
import { deliveryOf, openPipeline, type Webhook } from '../pipeline.ts';
import { at, exampleOf, linesOf, NOW, shown, shownInAnyOrder, webhook } from './github.ts';

type Json = Record<string, unknown>;

const REPOSITORY = { full_name: 'octo-org/octo-repo', private: false, default_branch: 'main' };
const PLACE = 'repository="octo-org/octo-repo",environment="production"';
const DAY_MS = 24 * 3_600_000;
const DAY_S = 24 * 3600;

/** Made by a run that began a minute before; the deployment begins in second 0. */
function status(
  second: number,
  state: string,
  over: { deployment?: Json; status?: Json; run?: Json | null } = {},
) {
  const example = exampleOf('deployment_status', 1);
  const run = { ...(example['workflow_run'] as Json), run_attempt: 1, run_started_at: at(-60), ...over.run };
  return webhook('deployment_status', second, {
    ...example,
    deployment_status: {
      ...(example['deployment_status'] as Json),
      ...{ id: 700_000_000 + second, state, environment: 'production', created_at: at(second) },
      ...over.status,
    },
    deployment: { ...deploymentOf(), ...over.deployment },
    ...(over.run === null ? { workflow_run: null, check_run: undefined } : { workflow_run: run }),
    repository: REPOSITORY,
  });
}

function deploymentOf(over: Json = {}): Json {
  const deployment = exampleOf('deployment_status', 1)['deployment'] as Json;
  const times = { created_at: at(0), updated_at: at(0) };
  return { ...deployment, ...times, id: 5, environment: 'production', ref: 'main', ...over };
}

/** How often, and the sum of the seconds. */
function lines(metric: string, labels: string, count: number, sumS: number): string[] {
  return [
    `github_actions_${metric}_count{${labels}} ${count}`,
    `github_actions_${metric}_sum{${labels}} ${sumS}`,
  ];
}

test('a deployment counts once in each outcome, and lasts from its creation to the report of it', async () => {
  const sent = [
    webhook('deployment', 1, {
      ...exampleOf('deployment', 1),
      deployment: deploymentOf(),
      repository: REPOSITORY,
    }),
    status(3, 'waiting'),
    status(300, 'queued'),
    status(310, 'in_progress'),
    status(400, 'failure'),
    status(900, 'success'),
  ];
  assert.deepEqual(
    await shownInAnyOrder(sent),
    [
      ...lines('deployment_duration_seconds', `${PLACE},state="failure"`, 1, 400),
      ...lines('deployment_duration_seconds', `${PLACE},state="success"`, 1, 900),
      `github_actions_deployments_total{${PLACE},state="failure"} 1`,
      `github_actions_deployments_total{${PLACE},state="success"} 1`,
      ...lines('run_to_environment_seconds', PLACE, 1, 960),
    ].sort(),
  );
});

test('a deployment of another tool, or of 2019, names no run, and is withdrawn once', async () => {
  const sent = [
    status(30, 'success', { run: null }),
    status(90, 'inactive', { run: null }),
    status(95, 'inactive', { run: null }),
  ];
  assert.deepEqual(
    await shownInAnyOrder(sent),
    [
      ...lines('deployment_duration_seconds', `${PLACE},state="success"`, 1, 30),
      `github_actions_deployments_total{${PLACE},state="inactive"} 1`,
      `github_actions_deployments_total{${PLACE},state="success"} 1`,
    ].sort(),
  );
});

test('a monitor that reports success for days adds nothing', async () => {
  const daily = [1, 2, 3].map((day) => status(day * DAY_S, 'success'));
  const shownLines = await shown([status(60, 'success'), ...daily], undefined, NOW + 4 * DAY_MS);
  assert.deepEqual(shownLines, await shown([status(60, 'success')]));
});

test('environments of pull requests and branches are one series', async () => {
  const preview = (id: number, environment: string, ref: string): Webhook =>
    status(60, 'success', {
      deployment: { id, environment, ref },
      status: { id: 800_000_000 + id, environment },
      run: null,
    });
  const sent = [
    preview(11, 'pr-12', 'refs/pull/12/merge'),
    preview(12, 'pr-13', 'refs/pull/13/merge'),
    preview(13, 'preview/feature-login', 'feature/login'),
    preview(14, 'preview/feature-logout', 'feature/logout'),
  ];
  const counted = await shownInAnyOrder(sent, 'github_actions_deployments_total');
  assert.deepEqual(
    counted,
    ['pr-*', 'preview/*'].map(
      (environment) =>
        `github_actions_deployments_total{repository="octo-org/octo-repo",environment="${environment}",state="success"} 2`,
    ),
  );
});

test('a late status may name a later attempt of the run: then the time since the run is not known', async () => {
  const sent = [status(60, 'success', { run: { run_attempt: 2, run_started_at: at(50) } })];
  assert.deepEqual(await shownInAnyOrder(sent, 'github_actions_run_to_environment'), []);
});

/** A decision about jobs, made in that second and a third: GitHub's id of the event says so. */
function review(action: string, second: number, jobIds: readonly number[]): Webhook {
  const example = exampleOf('deployment_review', 0);
  const job = example['workflow_job_run'] as Json;
  const jobs = jobIds.map((id) => ({ ...job, id, environment: 'production', created_at: at(0) }));
  const { workflow_job_run: _, ...rest } = example;
  return webhook('deployment_review', second, {
    ...rest,
    action,
    workflow_job_runs: jobs,
    repository: REPOSITORY,
  });
}

test('one approval may be about several jobs, and each counts once', async () => {
  const sent = [review('requested', 1, [1]), review('approved', 600, [1, 2]), review('rejected', 700, [3])];
  assert.deepEqual(
    await shownInAnyOrder(sent),
    [
      ...lines('deployment_approval_seconds', PLACE, 2, 1200.6),
      `github_actions_deployment_reviews_total{${PLACE},state="approved"} 2`,
      `github_actions_deployment_reviews_total{${PLACE},state="rejected"} 1`,
    ].sort(),
  );
});

test('an approval moves no number of the job: a wait timer may hold it for longer', async () => {
  const prefix = 'github_actions_job';
  assert.deepEqual(
    await shownInAnyOrder([review('requested', 1, [1]), review('approved', 600, [1])], prefix),
    [],
  );
});

test('what was forgotten is not counted again, however late it is reported', async () => {
  const clock = { nowMs: NOW };
  await using pipeline = await openPipeline({ clock });
  const send = async (sent: Webhook) => {
    await pipeline.accept([deliveryOf(sent, clock.nowMs)]);
    await pipeline.settle();
  };
  await send(status(60, 'success'));
  await send(review('approved', 600, [1]));
  const counted = await linesOf(pipeline);
  clock.nowMs += 100 * DAY_MS;
  assert.equal(await forgetRuns(pipeline, clock.nowMs - 40 * DAY_MS), 2);
  await send(status(100 * DAY_S, 'success'));
  await send(review('approved', 100 * DAY_S, [1]));
  assert.deepEqual(await linesOf(pipeline), counted);
  assert.deepEqual(await linesOf(pipeline, 'ant_watcher_ignored_observations_total'), [
    'ant_watcher_ignored_observations_total{reason="too_old"} 2',
  ]);
});
