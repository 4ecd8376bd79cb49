import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Told } from '../pipeline.ts';
import {
  at,
  busyLine,
  completed,
  exampleOf,
  inProgress,
  PLACE,
  queued,
  queueLines,
  ranLines,
  shown,
  shownInAnyOrder,
  tell,
  waiting,
} from './github.ts';

/** The `deployment` of a job with an environment: it is changed when a gate lets the job through. */
function deployed(seconds: number): { deployment: object } {
  const deployment = exampleOf('workflow_job', 6)['deployment'] as object;
  return { deployment: { ...deployment, created_at: at(0), updated_at: at(seconds) } };
}

const RAN = { started_at: at(610), completed_at: at(670) };
const approvalLines = (sumS: number) => [
  `github_actions_job_approval_seconds_sum{${PLACE}} ${sumS}`,
  `github_actions_job_approval_seconds_count{${PLACE}} 1`,
];

/** Queued, waiting, let through after 600 s and therefore queued again, and run 10 s later. All have one creation. */
function gated(release: { deployment?: object }): Told[] {
  return [
    queued(1, {}, deployed(2)),
    waiting(2),
    queued(601, {}, release),
    inProgress(611, { started_at: RAN.started_at }, deployed(600)),
    completed(671, RAN, deployed(600)),
  ];
}

test('time behind an approval gate is not queue time, and the job counts once', async () => {
  const expected = [...ranLines({ runS: 60 }), ...approvalLines(600), ...queueLines(1, 10), busyLine(60)];
  assert.deepEqual(await shownInAnyOrder(gated(deployed(600))), expected.sort());
});

test('without a deployment, the release from a gate is as late as the delivery that tells it', async () => {
  // The delivery was made 0.3 s after its second.
  const expected = [...ranLines({ runS: 60 }), ...approvalLines(601.3), ...queueLines(1, 8.7), busyLine(60)];
  assert.deepEqual(await shownInAnyOrder(gated({})), expected.sort());
});

test('a job that was let through a gate waits for a runner since its release, not since its creation', async () => {
  const labels = 'runs_on="ubuntu-latest",status="queued"';
  const oldest = 'github_actions_oldest_active_job_timestamp_seconds';
  const since = (told: Told[]) => shownInAnyOrder(told.slice(0, 3), oldest);
  const line = (ms: number) => [`${oldest}{${labels}} ${ms / 1000}`];
  assert.deepEqual(await since(gated(deployed(600))), line(Date.parse(at(600))));
  assert.deepEqual(await since(gated({})), line(Date.parse(at(601)) + 300));
});

test('without a word of the release, neither approval nor queue has a time', async () => {
  const told = gated(deployed(600)).filter((_, index) => index !== 2);
  const expected = [...ranLines({ runS: 60 }), busyLine(60)];
  assert.deepEqual(await shownInAnyOrder(told), expected.sort());
});

test('a queued event with the status waiting is a job behind a gate', async () => {
  const place = 'repository="lineville/elastic-machines-testing",workflow="Env Test"';
  const job = exampleOf('workflow_job', 6)['workflow_job'] as object;
  const young = { ...job, created_at: at(0), started_at: at(0) };
  const told = [6, 7].map((index) => {
    const seconds = index - 5;
    return tell('workflow_job', seconds, { ...exampleOf('workflow_job', index), workflow_job: young });
  });
  const labels = 'runs_on="self-hosted,k8s",status="waiting"';
  const expected = [
    `github_actions_active_jobs{${place},${labels}} 1`,
    `github_actions_oldest_active_job_timestamp_seconds{${labels}} ${Date.parse(at(0)) / 1000}`,
  ];
  assert.deepEqual(await shown(told.slice(0, 1)), expected);
  assert.deepEqual(await shownInAnyOrder(told), expected);
});

test('a job with an environment but no gate keeps its queue time from its creation', async () => {
  const told = [queued(1, {}, deployed(1)), inProgress(8, {}, deployed(5)), completed(68, {}, deployed(67))];
  const expected = [...ranLines({ runS: 60 }), ...queueLines(1, 7), busyLine(60)];
  assert.deepEqual(await shownInAnyOrder(told), expected.sort());
});

test('a gate that rejects a job leaves no time in the queue', async () => {
  const rejected = { conclusion: 'failure', started_at: at(900), completed_at: at(900), runner_id: 0 };
  const none = { runner_name: null, runner_group_id: null, runner_group_name: null, steps: [] };
  const told = [
    queued(1, {}, deployed(2)),
    waiting(2),
    completed(901, { ...rejected, ...none }, deployed(900)),
  ];
  assert.deepEqual(await shownInAnyOrder(told), [
    `github_actions_job_failures_total{${PLACE},job_name="build",cause="startup"} 1`,
    `github_actions_jobs_total{${PLACE},job_name="build",runs_on="ubuntu-latest",conclusion="failure"} 1`,
  ]);
});
