import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createObserve } from '../../src/github/observe.ts';
import { deliveryOf } from '../pipeline.ts';
import {
  at,
  busyLine,
  completed,
  exampleOf,
  jobWebhook,
  NOW,
  PLACE,
  queued,
  queueLines,
  ranLines,
  runWebhook,
  shown,
  shownInAnyOrder,
  webhook,
} from './github.ts';

const IGNORED = 'ant_watcher_ignored_observations';

test('payloads of 2021, without created_at, workflow_name and run_attempt, count with what they have', async () => {
  const payload = exampleOf('workflow_job', 0);
  const job = payload['workflow_job'] as object;
  for (const field of ['created_at', 'workflow_name', 'run_attempt', 'head_branch']) {
    assert.ok(!(field in job), `the example has no ${field}`);
  }
  const end = { status: 'completed', conclusion: 'success', started_at: at(7), completed_at: at(67) };
  const sent = [
    webhook('workflow_job', 8, { ...payload, workflow_job: { ...job, started_at: at(7) } }),
    webhook('workflow_job', 68, { ...payload, action: 'completed', workflow_job: { ...job, ...end } }),
  ];
  const place = 'repository="octo-org/example-workflow",workflow="unknown",job_name="Test workflow"';
  assert.deepEqual(await shownInAnyOrder(sent), [
    `github_actions_job_duration_seconds_count{${place},conclusion="success"} 1`,
    `github_actions_job_duration_seconds_sum{${place},conclusion="success"} 60`,
    `github_actions_jobs_total{${place},runs_on="gpu,db-app,dc-03",conclusion="success"} 1`,
    'github_actions_runner_busy_seconds_total{repository="octo-org/example-workflow",runs_on="gpu,db-app,dc-03",runner_group="my runner group"} 60',
    'github_actions_unpriced_seconds_total{repository="octo-org/example-workflow",workflow="unknown",runs_on="gpu,db-app,dc-03"} 60',
  ]);
});

test('ids that agree in their last 32 bits are different jobs', async () => {
  const id = 100_520_616_165;
  const sent = [completed(68, { id }), completed(68, { id: id % 2 ** 32, runner_id: 3 })];
  assert.deepEqual(
    await shownInAnyOrder(sent),
    [...ranLines({ count: 2, runS: 120 }), ...queueLines(2, 14), busyLine(120)].sort(),
  );
});

test('times may have a fraction or not, and a label may be null', async () => {
  const sent = completed(68, {
    started_at: '2026-11-20T10:00:07.000Z',
    completed_at: '2026-11-20T10:01:07Z',
    labels: [null, 'ubuntu-latest'],
  });
  const expected = [...ranLines({ runS: 60 }), ...queueLines(1, 7), busyLine(60)];
  assert.deepEqual(await shown([sent]), expected.sort());
});

test('a payload with only an action is accepted, and ignored with a reason', async () => {
  const events = ['workflow_job', 'workflow_run', 'workflow_dispatch'];
  const sent = events.map((event) => webhook(event, 1, { action: 'completed' }));
  assert.deepEqual(await shown(sent), []);
  assert.deepEqual(await shown(sent, IGNORED), [
    `${IGNORED}_total{reason="no_job"} 1`,
    `${IGNORED}_total{reason="no_run"} 1`,
    `${IGNORED}_total{reason="no_workflow"} 1`,
  ]);
});

test('future actions and statuses are ignored with a reason, and a new conclusion counts', async () => {
  const sent = [
    jobWebhook('reticulated', 1, { status: 'reticulating', conclusion: null }),
    completed(68, { conclusion: 'reticulated' }),
  ];
  assert.deepEqual(await shown(sent, 'github_actions_jobs_total'), [
    `github_actions_jobs_total{${PLACE},job_name="build",runs_on="ubuntu-latest",conclusion="reticulated"} 1`,
  ]);
  assert.deepEqual(await shown(sent, IGNORED), [`${IGNORED}_total{reason="unknown_status"} 1`]);
});

test('what an organization, an enterprise or an App adds to a payload changes nothing', async () => {
  const extras = { installation: { id: 23_154_469, node_id: 'MDIz' }, enterprise: { id: 1, slug: 'e' } };
  const lists = [
    completed(68, {}, extras),
    queued(1, {}, { ...extras, organization: { login: 'octo-org' } }),
  ];
  const expected = [...ranLines({ runS: 60 }), ...queueLines(1, 7), busyLine(60)];
  assert.deepEqual(await shownInAnyOrder(lists), expected.sort());
});

test('a dispatch has no run and no time: it counts by its workflow, once per delivery', async () => {
  const example = exampleOf('workflow_dispatch', 0);
  assert.ok(!('workflow_run' in example) && !('action' in example));
  const sent = [webhook('workflow_dispatch', 1, example), webhook('workflow_dispatch', 1, example)];
  const workflow = '.github/workflows/hello-world-workflow.yml';
  assert.deepEqual(await shown([...sent, ...sent]), [
    `github_actions_dispatches_total{repository="octo-org/octo-repo",workflow="${workflow}"} 2`,
  ]);
});

test("a delivery is dated by GitHub's version 1 UUID, not by its receipt", () => {
  // A real one of October 2024.
  const sent = { ...queued(1), guid: '4854ec10-8e69-11ef-8dcb-f963cd3ecfcc' };
  const reading = createObserve([])(deliveryOf(sent, NOW));
  assert.ok('observation' in reading);
  assert.equal(new Date(reading.observation.observedAtMs).toISOString(), '2024-10-19T22:27:10.801Z');
});

test('without a repository around it, a run contains its own, and a job has it in its URL', async () => {
  const whole = [runWebhook('completed', 70, {}), completed(68)];
  const named = { full_name: 'octo-org/octo-repo', private: false, default_branch: 'main' };
  const run_url = 'https://api.github.com/repos/octo-org/octo-repo/actions/runs/17000000001';
  const cut = [
    runWebhook('completed', 70, { repository: named }, { repository: undefined }),
    completed(68, { run_url }, { repository: undefined }),
  ];
  const withoutCost = (lines: readonly string[]) => lines.filter((line) => !/cost|billed/.test(line));
  assert.deepEqual(withoutCost(await shownInAnyOrder(cut)), withoutCost(await shownInAnyOrder(whole)));
  const lost = await shown([completed(68, { run_url: 'nowhere' }, { repository: null })]);
  assert.ok(lost.every((line) => !line.includes('octo-repo')));
});

test('where a pull request merges into is kept of a payload, for a branch of the repository alone', () => {
  const observe = createObserve([], { hasBases: true });
  const branchOf = (pull_requests: unknown) => {
    const sent = runWebhook('completed', 9, { event: 'pull_request', head_branch: 'topic', pull_requests });
    const reading = observe(deliveryOf(sent, NOW));
    return 'observation' in reading && reading.observation.kind === 'run' ? reading.observation.branch : null;
  };
  const repositoryId = (JSON.parse(runWebhook('completed', 9, {}).body) as { repository: { id: number } })
    .repository.id;
  const to = (ref: string, id = repositoryId) => ({
    number: 7,
    base: { ref, sha: 'a', repo: { id, name: 'x' } },
  });
  assert.equal(branchOf([to('main')]), 'pull_request:default');
  assert.equal(branchOf([to('release')]), 'pull_request:other');
  assert.equal(branchOf([to('main', 1)]), 'pull_request');
  assert.equal(branchOf([]), 'pull_request');
  const many = Array.from({ length: 1000 }, () => to('main'));
  assert.ok(deliveryOf(runWebhook('completed', 9, { pull_requests: many }), NOW).payload.length < 5000);
});
