import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deliveryOf, openPipeline, type Webhook } from '../pipeline.ts';
import {
  again,
  at,
  busyLine,
  completed,
  inProgress,
  linesOf,
  NOW,
  PLACE,
  queued,
  queueLines,
  ranLines,
  runQueueLines,
  runWebhook,
  shown,
  shownInAnyOrder,
  waiting,
} from './github.ts';

const DAY_MS = 24 * 3_600_000;
/** The jobs of an environment come with their deployment. */
const DEPLOYED = { deployment: { environment: 'production', updated_at: at(1) } };
const ANOMALIES = 'ant_watcher_timestamp_anomalies';
const ACTIVE = 'github_actions_active';
const activeLine = (status: string) =>
  `github_actions_active_jobs{${PLACE},runs_on="ubuntu-latest",status="${status}"} 1`;

test('times that run backwards count as 0 and are reported as anomalies', async () => {
  const sent = [completed(8, { created_at: at(1), started_at: at(0), completed_at: at(-1) })];
  assert.deepEqual(await shownInAnyOrder(sent), [...ranLines({ runS: 0 }), ...queueLines(1, 0)].sort());
  assert.deepEqual(await shownInAnyOrder(sent, ANOMALIES), [
    `${ANOMALIES}_total{kind="job_duration"} 1`,
    `${ANOMALIES}_total{kind="job_queue"} 1`,
  ]);
  const run = [runWebhook('completed', -5, { conclusion: 'success' })];
  const durations = 'github_actions_run_duration_seconds_';
  assert.deepEqual(await shownInAnyOrder(run, durations), [
    `${durations}count{${PLACE},branch="default",conclusion="success"} 1`,
    `${durations}sum{${PLACE},branch="default",conclusion="success"} 0`,
  ]);
});

test('times in the year 1 are unknown, not two thousand years of queue', async () => {
  const sent = [completed(68, { created_at: '0001-01-01T00:00:00Z' })];
  assert.deepEqual(await shownInAnyOrder(sent), [...ranLines({ runS: 60 }), busyLine(60)].sort());
  assert.deepEqual(await shown(sent, ANOMALIES), []);
});

test('times in the year 2099 are unknown: no duration, no last run in the future', async () => {
  const far = '2099-01-01T00:00:00Z';
  const sent = [completed(68, { completed_at: far }), runWebhook('completed', 70, { updated_at: far })];
  const counted = ranLines({ runS: 0 }).slice(0, 1);
  const lines = (await shownInAnyOrder(sent)).filter((line) => !line.includes('consecutive_failures'));
  const run = `github_actions_runs_total{${PLACE},event="push",branch="default",conclusion="success"} 1`;
  assert.deepEqual(lines, [...counted, ...queueLines(1, 7), ...runQueueLines(9), run].sort());
  assert.deepEqual(await shownInAnyOrder(sent, ANOMALIES), [`${ANOMALIES}_total{kind="future"} 2`]);
});

test('queue and approval times of years are left out, and reported once as an anomaly', async () => {
  const created_at = at(-500 * 86_400);
  const sent = [queued(1, { created_at }), inProgress(8, { created_at }), completed(68, { created_at })];
  const expected = [...ranLines({ runS: 60 }), busyLine(60)].sort();
  assert.deepEqual(await shownInAnyOrder(sent), expected);
  assert.deepEqual(await shownInAnyOrder(sent, ANOMALIES), [`${ANOMALIES}_total{kind="job_queue"} 1`]);
  const gated = [
    waiting(0, { created_at }),
    queued(1, { created_at }, DEPLOYED),
    completed(68, { created_at }, DEPLOYED),
  ];
  assert.deepEqual(await shownInAnyOrder(gated, ANOMALIES), [`${ANOMALIES}_total{kind="job_approval"} 1`]);
});

test('a first step that begins before its job changes nothing', async () => {
  const sent = [queued(1), inProgress(8), completed(68)];
  const expected = [...ranLines({ runS: 60 }), ...queueLines(1, 7), busyLine(60)];
  assert.deepEqual(await shownInAnyOrder(sent), expected.sort());
  assert.deepEqual(await shown(sent, ANOMALIES), []);
});

test('of two reports with the same times, the delivery id decides which is later', async () => {
  const sent = [queued(1), waiting(2)];
  assert.deepEqual(await shownInAnyOrder(sent, 'github_actions_active_jobs'), [activeLine('waiting')]);
  const released = [...sent, queued(300)];
  assert.deepEqual(await shownInAnyOrder(released, 'github_actions_active_jobs'), [activeLine('queued')]);
});

test('for delivery ids without a time, the receipt decides', async () => {
  const anonymous = (sent: Webhook, digit: string): Webhook => ({
    ...sent,
    guid: `0cb4e8f0-5d11-4b3a-8c6f-00000000000${digit}`,
  });
  await using pipeline = await openPipeline({ clock: { nowMs: NOW } });
  await pipeline.accept([deliveryOf(anonymous(waiting(2), '1'), NOW - 1000)]);
  await pipeline.accept([deliveryOf(anonymous(queued(300), '2'), NOW)]);
  await pipeline.settle();
  assert.deepEqual(await linesOf(pipeline, 'github_actions_active_jobs'), [activeLine('queued')]);
});

test('a redelivery counts once, and so does the same event from a second hook or under a new id', async () => {
  const sent = [
    queued(1),
    inProgress(8),
    completed(68),
    runWebhook('completed', 70, { conclusion: 'success' }),
  ];
  const once = await shown(sent);
  await using pipeline = await openPipeline({ clock: { nowMs: NOW } });
  const outcomes = [];
  for (const each of [sent, sent, sent.map(again)]) {
    outcomes.push(await pipeline.engine.accept(each.map((one) => deliveryOf(one, NOW))));
    await pipeline.process();
  }
  await pipeline.settle();
  assert.deepEqual(outcomes, [
    sent.map(() => 'accepted'),
    sent.map(() => 'duplicate'),
    sent.map(() => 'accepted'),
  ]);
  assert.deepEqual(await linesOf(pipeline), once);
});

test('ghosts, whose end GitHub never reported, leave the gauges of active work and are counted separately', async () => {
  const sent = [
    queued(1),
    inProgress(8, { id: 100_520_616_166, name: 'test' }),
    waiting(2, { id: 100_520_616_167, name: 'deploy' }),
    runWebhook('requested', -2, {}),
    runWebhook('in_progress', 3, { id: 17_000_000_002 }),
  ];
  const statusesAt = async (ageMs: number, prefix: string) =>
    (await shown(sent, prefix, NOW + ageMs)).map((line) =>
      /status="(\w+)"\} (\d+)$/.exec(line)?.slice(1).join(' '),
    );
  const [jobs, runs, stale] = [`${ACTIVE}_jobs`, `${ACTIVE}_runs`, 'github_actions_stale_jobs'];
  const staleRuns = 'github_actions_stale_runs';
  assert.deepEqual(await statusesAt(0, jobs), ['in_progress 1', 'queued 1', 'waiting 1']);
  assert.deepEqual(await statusesAt(0, runs), ['in_progress 1', 'queued 1']);
  assert.deepEqual(await statusesAt(0, stale), []);
  assert.deepEqual(await statusesAt(DAY_MS, jobs), ['in_progress 1', 'waiting 1']);
  assert.deepEqual(await statusesAt(34 * DAY_MS, runs), ['in_progress 1', 'queued 1']);
  assert.deepEqual(await statusesAt(34 * DAY_MS, staleRuns), []);
  assert.deepEqual(await statusesAt(DAY_MS, stale), ['queued 1']);
  assert.deepEqual(await statusesAt(35 * DAY_MS, jobs), []);
  assert.deepEqual(await statusesAt(35 * DAY_MS, runs), []);
  assert.deepEqual(await statusesAt(35 * DAY_MS, stale), ['in_progress 1', 'queued 1', 'waiting 1']);
  assert.deepEqual(await statusesAt(35 * DAY_MS, staleRuns), ['in_progress 1', 'queued 1']);
});

test('a late end of a ghost removes it from the stale jobs and counts', async () => {
  const sent = [queued(1), completed(68)];
  const lines = await shown(sent, undefined, NOW + 40 * DAY_MS);
  assert.deepEqual(lines, [...ranLines({ runS: 60 }), ...queueLines(1, 7), busyLine(60)].sort());
});
