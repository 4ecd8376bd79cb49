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
  runQueueLines,
  runWebhook,
  shown,
  shownInAnyOrder,
  step,
  WORKFLOW_FILE,
} from './github.ts';

/** The lines of one ended run on the default branch. */
function runLines(of: { conclusion: string; runS: number; endS: number; failures: number }): string[] {
  const { conclusion, runS, endS, failures } = of;
  const labels = `{${PLACE},branch="default",conclusion="${conclusion}"}`;
  return [
    `github_actions_runs_total{${PLACE},event="push",branch="default",conclusion="${conclusion}"} 1`,
    `github_actions_run_duration_seconds_sum${labels} ${runS}`,
    `github_actions_run_duration_seconds_count${labels} 1`,
    `github_actions_workflow_consecutive_failures{${WORKFLOW_FILE}} ${failures}`,
    `github_actions_workflow_last_run_timestamp_seconds{${WORKFLOW_FILE}} ${Date.parse(at(endS)) / 1000}`,
  ];
}

/** Six deliveries of one run with one job, in an order in which GitHub really sent them. */
function capturedOrder(): Webhook[] {
  const steps = [step('Set up job'), step('Run make', { conclusion: 'failure' })];
  const failed = { conclusion: 'failure', started_at: at(5), completed_at: at(12), steps };
  return [
    runWebhook('requested', -2, {}),
    queued(0),
    runWebhook('in_progress', 5, {}),
    inProgress(5, { started_at: at(5) }),
    runWebhook('completed', 13, { conclusion: 'failure' }),
    completed(14, failed),
  ];
}

test('a run reported completed before its last job counts, and so does the job', async () => {
  const expected = [
    ...runLines({ conclusion: 'failure', runS: 15, endS: 13, failures: 1 }),
    ...ranLines({ conclusion: 'failure', runS: 7 }),
    ...queueLines(1, 5),
    ...runQueueLines(7),
    `github_actions_job_failures_total{${PLACE},job_name="build",cause="step"} 1`,
    busyLine(7),
  ];
  assert.deepEqual(await shownInAnyOrder(capturedOrder()), expected.sort());
});

test('deliveries after the end, or without the beginning, leave nothing in flight', async () => {
  const [, , , , runEnd, jobEnd] = capturedOrder() as [Webhook, Webhook, Webhook, Webhook, Webhook, Webhook];
  const whole = await shownInAnyOrder(capturedOrder());
  // Only the ends arrive: they contain everything that counts.
  assert.deepEqual(await shownInAnyOrder([runEnd, jobEnd]), whole);
});

test('events that GitHub itself makes late, a beginning after the end, undo nothing', async () => {
  const sent = [
    runWebhook('completed', 13, { conclusion: 'failure' }),
    completed(14),
    inProgress(20),
    queued(25),
    runWebhook('in_progress', 30, {}),
    runWebhook('requested', 35, {}),
  ];
  assert.deepEqual(await shownInAnyOrder(sent, 'github_actions_active'), []);
  const running = [
    inProgress(8),
    queued(20),
    runWebhook('in_progress', 5, {}),
    runWebhook('requested', 20, {}),
  ];
  assert.deepEqual(await shownInAnyOrder(running, 'github_actions_active'), [
    `github_actions_active_jobs{${PLACE},runs_on="ubuntu-latest",status="in_progress"} 1`,
    `github_actions_active_runs{${PLACE},status="in_progress"} 1`,
  ]);
});

test('of two different ends of one attempt or job, the first to arrive counts', async () => {
  const success = [runWebhook('completed', 98, { conclusion: 'success' }), completed(68)];
  const other = [
    runWebhook('completed', 99, { conclusion: 'failure' }),
    completed(69, { conclusion: 'failure', completed_at: at(68) }),
  ];
  assert.deepEqual(await shown([...success, ...other]), await shown(success));
  assert.deepEqual(await shown([...other, ...success]), await shown(other));
});

test('a run ended when its completed event says, whatever changes in it later', async () => {
  const end = runWebhook('completed', 98, {});
  const expected = [
    ...runLines({ conclusion: 'success', runS: 100, endS: 98, failures: 0 }),
    `github_actions_workflow_last_success_timestamp_seconds{${WORKFLOW_FILE}} ${Date.parse(at(98)) / 1000}`,
  ];
  // A late report of the middle has a later change, as a read through the API after the deletion of a log
  // would have.
  const touched = runWebhook('in_progress', 5, { updated_at: at(4000) });
  assert.deepEqual(await shownInAnyOrder([end, touched]), expected.sort());
});

test('a run that fails at its start has no job, and is completed by its own event', async () => {
  const sent = [
    runWebhook('requested', -2, {}),
    runWebhook('completed', 0, { conclusion: 'startup_failure' }),
  ];
  const expected = runLines({ conclusion: 'startup_failure', runS: 2, endS: 0, failures: 1 });
  assert.deepEqual(await shownInAnyOrder(sent), expected.sort());
});

test('a run held for approval of an outside contributor is requested and completed in one event', async () => {
  const stranger = { event: 'pull_request', head_branch: 'patch-1', pull_requests: [] };
  const held = { ...stranger, status: 'completed', conclusion: 'action_required' };
  const labels = `{${PLACE},branch="pull_request",conclusion="action_required"}`;
  assert.deepEqual(await shownInAnyOrder([runWebhook('requested', -2, held)]), [
    `github_actions_run_duration_seconds_count${labels} 1`,
    `github_actions_run_duration_seconds_sum${labels} 0`,
    `github_actions_runs_total{${PLACE},event="pull_request",branch="pull_request",conclusion="action_required"} 1`,
  ]);
});

test('a run that was held and then approved counts as held, and at its end', async () => {
  const stranger = { event: 'pull_request', head_branch: 'patch-1', pull_requests: [] };
  const sent = [
    runWebhook('requested', -2, { ...stranger, status: 'completed', conclusion: 'action_required' }),
    runWebhook('in_progress', 3600, { ...stranger, status: 'in_progress' }),
    runWebhook('completed', 3700, { ...stranger, conclusion: 'success' }),
  ];
  const counted = (await shownInAnyOrder(sent)).filter((line) =>
    /^github_actions_(runs_total|active)/.test(line),
  );
  const runs = `github_actions_runs_total{${PLACE},event="pull_request",branch="pull_request"`;
  assert.deepEqual(counted, [`${runs},conclusion="action_required"} 1`, `${runs},conclusion="success"} 1`]);
});

test('a run cancelled while pending behind another one has no job, and leaves the gauges', async () => {
  const sent = [
    runWebhook('requested', -2, { status: 'pending' }),
    runWebhook('completed', 600, { conclusion: 'cancelled' }),
  ];
  assert.deepEqual(await shownInAnyOrder(sent.slice(0, 1)), [
    `github_actions_active_runs{${PLACE},status="pending"} 1`,
    `github_actions_oldest_active_run_timestamp_seconds{status="pending"} ${Date.parse(at(-2)) / 1000}`,
  ]);
  const expected = runLines({ conclusion: 'cancelled', runS: 602, endS: 600, failures: 0 });
  assert.deepEqual(await shownInAnyOrder(sent), expected.sort());
});

test('a completed event counts even if its status and conclusion are not there yet', async () => {
  const sent = [runWebhook('completed', 98, { status: 'queued', conclusion: null })];
  const expected = runLines({ conclusion: 'unknown', runS: 100, endS: 98, failures: 0 });
  assert.deepEqual(await shownInAnyOrder(sent), expected.sort());
});
