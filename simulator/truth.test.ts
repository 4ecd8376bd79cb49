import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, attempt, carried, endOnly, job, linesLike, PUBLIC, runOf } from '../test/fixtures/truth.ts';
import type { Job } from './model.ts';
import { truthOfRuns } from './truth.ts';

/*
 * The numbers of one run with two attempts.
 */

const green = job('test (20, linux)', [2, 5, 65]);
const red = job('test (22, linux)', [2, 12, 42], { conclusion: 'failure', failure: 'step' });
const skipped = job('deploy', [66, 65, 65], {
  kind: 'skipped',
  labels: [],
  conclusion: 'skipped',
  ...endOnly(66),
});
const checkRun = job('Report', [40, 40, 41], { kind: 'check_run', labels: [], plan: null, ...endOnly(41) });
const again = job('test (22, linux)', [102, 101, 161]);
const stuck = job('deploy', [163, 400, 500], { labels: ['self-hosted', 'deploy'] });

const run = runOf(PUBLIC, [
  attempt(1, [0, 68], 'failure', [green, red, skipped, checkRun]),
  attempt(2, [100, 501], 'success', [carried(green, 101), again, stuck]),
]);

const text = truthOfRuns([run], at(200), at(200));

test('runs: one attempt is over, the other one is in progress', () => {
  assert.deepEqual(linesLike(text, /_runs|run_duration/), [
    'active_runs{status="in_progress"} 1',
    'run_duration_seconds_sum{branch="default",conclusion="failure"} 68',
    'run_duration_seconds_count{branch="default",conclusion="failure"} 1',
    'runs_total{event="push",branch="default",conclusion="failure"} 1',
  ]);
});

test('jobs: matrix cells are one job, the carried-over one counts once, check runs never', () => {
  assert.deepEqual(linesLike(text, /actions_jobs_total|job_duration/), [
    'job_duration_seconds_sum{job_name="test",conclusion="failure"} 30',
    'job_duration_seconds_count{job_name="test",conclusion="failure"} 1',
    'job_duration_seconds_sum{job_name="test",conclusion="success"} 120',
    'job_duration_seconds_count{job_name="test",conclusion="success"} 2',
    'jobs_total{job_name="deploy",runs_on="none",conclusion="skipped"} 1',
    'jobs_total{job_name="test",runs_on="ubuntu-latest",conclusion="failure"} 1',
    'jobs_total{job_name="test",runs_on="ubuntu-latest",conclusion="success"} 2',
  ]);
});

test('queue times: a negative one counts as none, the carried-over one is not counted again', () => {
  assert.deepEqual(linesLike(text, /job_queue/), [
    'job_queue_seconds_sum{runs_on="ubuntu-latest"} 13',
    'job_queue_seconds_count{runs_on="ubuntu-latest"} 3',
  ]);
  const buckets = text
    .split('\n')
    .filter((line) => line.includes('job_queue_seconds_bucket') && line.includes('ubuntu-latest'));
  const bounds = [
    '1',
    '2',
    '5',
    '10',
    '20',
    '30',
    '60',
    '120',
    '300',
    '600',
    '1200',
    '1800',
    '3600',
    '7200',
    '10800',
  ];
  const counts = bounds.map((bound, i) => `"${bound}"} ${[1, 1, 2][i] ?? 3}`);
  assert.deepEqual(
    buckets.map((line) => line.replace(/.*le=/, '')),
    [...counts, '"21600"} 3', '"+Inf"} 3'],
  );
});

test('active jobs are counted by status, with the time of the oldest', () => {
  assert.deepEqual(linesLike(text, /active_job/), [
    'active_jobs{runs_on="self-hosted,deploy",status="queued"} 1',
    `oldest_active_job_timestamp_seconds{runs_on="self-hosted,deploy",status="queued"} ${at(163) / 1000}`,
  ]);
  assert.deepEqual(linesLike(truthOfRuns([run], at(450), at(450)), /active_job/), [
    'active_jobs{runs_on="self-hosted,deploy",status="in_progress"} 1',
    `oldest_active_job_timestamp_seconds{runs_on="self-hosted,deploy",status="in_progress"} ${at(400) / 1000}`,
  ]);
});

test('a job queued for over a day is stale, not active', () => {
  const dayLater = truthOfRuns([run], at(200), at(163 + 86_401));
  assert.deepEqual(linesLike(dayLater, /active_job|stale/), [
    `stale_jobs{repository="${PUBLIC.fullName}",status="queued"} 1`,
  ]);
});

test('behind a gate a job does not wait for a runner: its day begins with the release', () => {
  const moments: Job['moments'] = [
    { action: 'queued', status: 'queued', atMs: at(0) },
    { action: 'waiting', status: 'waiting', atMs: at(1) },
    { action: 'queued', status: 'queued', atMs: at(1000) },
  ];
  const released = runOf(PUBLIC, [attempt(1, [0, 9], 'success', [job('a', [0, 0, 0], { moments })])]);
  const active = (seconds: number) =>
    linesLike(truthOfRuns([released], at(1000), at(seconds)), /active_jobs|stale/);
  assert.deepEqual(linesLike(truthOfRuns([released], at(1000), at(1001)), /oldest/), [
    `oldest_active_job_timestamp_seconds{runs_on="ubuntu-latest",status="queued"} ${at(1000) / 1000}`,
  ]);
  assert.deepEqual(active(86_400 + 1000), ['active_jobs{runs_on="ubuntu-latest",status="queued"} 1']);
  assert.deepEqual(active(86_400 + 1001), [`stale_jobs{repository="${PUBLIC.fullName}",status="queued"} 1`]);
});
