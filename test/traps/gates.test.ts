import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Webhook } from '../pipeline.ts';
import {
  at,
  busyLine,
  completed,
  exampleOf,
  inProgress,
  jobWebhook,
  NO_RUNNER,
  PLACE,
  queued,
  queueLines,
  ranLines,
  shown,
  shownInAnyOrder,
  waiting,
  webhook,
} from './github.ts';

/** The `deployment` of a job with an environment: it is changed when a gate releases the job. */
function deployed(seconds: number): { deployment: object } {
  const deployment = exampleOf('workflow_job', 6)['deployment'] as object;
  return { deployment: { ...deployment, created_at: at(0), updated_at: at(seconds) } };
}

const RAN = { started_at: at(610), completed_at: at(670) };
const approvalLines = (sumS: number) => [
  `github_actions_job_approval_seconds_sum{${PLACE}} ${sumS}`,
  `github_actions_job_approval_seconds_count{${PLACE}} 1`,
];

/**
 * Queued, waiting, released after 600 s and therefore queued again, and run 10 s later. All have the same
 * creation.
 */
function gated(release: { deployment?: object }): Webhook[] {
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

test("without a deployment, a gate's release has the time of the delivery that reports it", async () => {
  // The delivery was made 0.3 s after its second.
  const expected = [...ranLines({ runS: 60 }), ...approvalLines(601.3), ...queueLines(1, 8.7), busyLine(60)];
  assert.deepEqual(await shownInAnyOrder(gated({})), expected.sort());
});

test('a job released from a gate waits for a runner since its release, not since its creation', async () => {
  const labels = 'runs_on="ubuntu-latest",status="queued"';
  const oldest = 'github_actions_oldest_active_job_timestamp_seconds';
  const since = (sent: Webhook[]) => shownInAnyOrder(sent.slice(0, 3), oldest);
  const line = (ms: number) => [`${oldest}{${labels}} ${ms / 1000}`];
  assert.deepEqual(await since(gated(deployed(600))), line(Date.parse(at(600))));
  assert.deepEqual(await since(gated({})), line(Date.parse(at(601)) + 300));
});

test('without a report of the release, neither approval nor queue has a time', async () => {
  const sent = gated(deployed(600)).filter((_, index) => index !== 2);
  const expected = [...ranLines({ runS: 60 }), busyLine(60)];
  assert.deepEqual(await shownInAnyOrder(sent), expected.sort());
});

test('a queued event with the status waiting is a job behind a gate', async () => {
  const place = 'repository="lineville/elastic-machines-testing",workflow="Env Test"';
  const job = exampleOf('workflow_job', 6)['workflow_job'] as object;
  const young = { ...job, created_at: at(0), started_at: at(0) };
  const sent = [6, 7].map((index) => {
    const seconds = index - 5;
    return webhook('workflow_job', seconds, { ...exampleOf('workflow_job', index), workflow_job: young });
  });
  const labels = 'runs_on="self-hosted,k8s",status="waiting"';
  const expected = [
    `github_actions_active_jobs{${place},${labels}} 1`,
    `github_actions_oldest_active_job_timestamp_seconds{${labels}} ${Date.parse(at(0)) / 1000}`,
  ];
  assert.deepEqual(await shown(sent.slice(0, 1)), expected);
  assert.deepEqual(await shownInAnyOrder(sent), expected);
});

test('a job with an environment but no gate keeps its queue time from its creation', async () => {
  const sent = [queued(1, {}, deployed(1)), inProgress(8, {}, deployed(5)), completed(68, {}, deployed(67))];
  const expected = [...ranLines({ runS: 60 }), ...queueLines(1, 7), busyLine(60)];
  assert.deepEqual(await shownInAnyOrder(sent), expected.sort());
});

const FAILED = `github_actions_jobs_total{${PLACE},job_name="build",runs_on="ubuntu-latest",conclusion="failure"} 1`;
const failedBy = (cause: string) => [
  `github_actions_job_failures_total{${PLACE},job_name="build",cause="${cause}"} 1`,
  FAILED,
];

/** The end of a job that no runner took. */
function unstarted(seconds: number, job: object = {}): Webhook {
  const end = { conclusion: 'failure', started_at: at(seconds - 1), completed_at: at(seconds - 1) };
  return completed(seconds, { ...NO_RUNNER, ...end, ...job }, deployed(seconds - 1));
}

for (const runner_id of [0, null]) {
  test(`a refused gate fails its job as rejected, with runner_id ${runner_id}, and leaves no queue time`, async () => {
    const end = { conclusion: 'failure', started_at: at(900), completed_at: at(900) };
    const sent = [
      queued(1, {}, deployed(2)),
      waiting(2),
      completed(901, { ...NO_RUNNER, ...end, runner_id }, deployed(900)),
    ];
    assert.deepEqual(await shownInAnyOrder(sent), failedBy('rejected'));
  });
}

test('a gate not opened for 30 days fails its job as rejected', async () => {
  const created_at = at(-30 * 86_400);
  const sent = [
    queued(-30 * 86_400 + 1, { created_at }, deployed(-30 * 86_400)),
    waiting(-30 * 86_400 + 2, { created_at }),
    unstarted(1, { created_at }),
  ];
  assert.deepEqual(await shownInAnyOrder(sent), failedBy('rejected'));
});

test('a job released from a gate that then finds no runner fails at its start', async () => {
  const sent = [queued(1, {}, deployed(2)), waiting(2), queued(601, {}, deployed(600)), unstarted(604)];
  const expected = [...approvalLines(600), ...failedBy('startup')];
  assert.deepEqual(await shownInAnyOrder(sent), expected.sort());
});

test('a job with an environment but without a known wait fails at its start', async () => {
  assert.deepEqual(await shownInAnyOrder([queued(1, {}, deployed(1)), unstarted(4)]), failedBy('startup'));
  assert.deepEqual(await shownInAnyOrder([unstarted(4)]), failedBy('startup'));
});

test('a job with an environment that starts, and ends as if it never had, has a queue time and a cause', async () => {
  const end = { ...NO_RUNNER, conclusion: 'failure' };
  const sent = [inProgress(8, {}, deployed(1)), completed(68, end, deployed(67))];
  const expected = [...failedBy('startup'), ...queueLines(1, 7)];
  assert.deepEqual(await shownInAnyOrder(sent), expected.sort());
});

test('when a re-run carries over a refused job, reports that know the gate decide the cause', async () => {
  const times = { started_at: at(900), completed_at: at(900) };
  const carried = unstarted(2000, { id: 7, run_attempt: 2, ...times });
  assert.deepEqual(await shownInAnyOrder([carried, waiting(2), unstarted(901)]), failedBy('rejected'));
});

test('polls that saw a gate show its refusal or release as webhooks do', async () => {
  const held = { ...NO_RUNNER, conclusion: null, started_at: at(0), completed_at: null };
  const end = { ...NO_RUNNER, conclusion: 'failure', started_at: at(900), completed_at: at(900) };
  const polled = (seconds: number, status: string, job: object): Webhook => ({
    ...jobWebhook(status, seconds, { status, ...job }),
    source: 'api',
  });
  const refused = [polled(60, 'waiting', held), polled(960, 'completed', end)];
  assert.deepEqual(await shown(refused), failedBy('rejected'));
  assert.deepEqual(await shownInAnyOrder([waiting(2), ...refused, unstarted(901)]), failedBy('rejected'));
  const opened = [refused[0] as Webhook, polled(600, 'queued', held), refused[1] as Webhook];
  assert.deepEqual(await shown(opened), failedBy('startup'));
});
