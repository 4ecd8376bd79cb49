import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Attempt, Job, JobPlan, Run } from './model.ts';
import { populate } from './population.ts';
import { createRandom } from './random.ts';
import { truthOfRuns } from './truth.ts';

/*
 * A world small enough to know its numbers by heart: one run with two attempts, written down by hand.
 */

const START_MS = Date.parse('2026-11-20T12:00:00Z');
const at = (seconds: number) => START_MS + seconds * 1000;

const [repository] = populate(1).repositories;
assert.ok(repository);
const [workflow] = repository.workflows;
assert.ok(workflow);
const plan: JobPlan = { name: 'test', labels: ['ubuntu-latest'], steps: [], medianSeconds: 1, failures: 0 };
const runner = { id: 3, name: 'GitHub Actions 3', groupId: 2, groupName: 'GitHub Actions' };

let ids = 5_000_000_000;

function job(
  name: string,
  [created, started, completed]: [number, number, number],
  rest: Partial<Job> = {},
): Job {
  const moments: Job['moments'] = [
    { action: 'queued', status: 'queued', atMs: at(created) },
    { action: 'in_progress', status: 'in_progress', atMs: at(started) },
    { action: 'completed', status: 'completed', atMs: at(completed) },
  ];
  return {
    id: ids++,
    name,
    plan,
    kind: 'ran',
    labels: ['ubuntu-latest'],
    runner,
    createdMs: at(created),
    startedMs: at(started),
    completedMs: at(completed),
    conclusion: 'success',
    carriedOver: false,
    moments,
    ...rest,
  };
}

const completedOnly = (seconds: number): Pick<Job, 'moments'> => ({
  moments: [{ action: 'completed', status: 'completed', atMs: at(seconds) }],
});
const green = job('test (20, linux)', [2, 5, 65]);
const red = job('test (22, linux)', [2, 12, 42], { conclusion: 'failure' });
const skipped = job('deploy', [66, 65, 65], {
  kind: 'skipped',
  labels: [],
  conclusion: 'skipped',
  ...completedOnly(66),
});
const checkRun = job('Report', [40, 40, 41], {
  kind: 'check_run',
  labels: [],
  plan: null,
  ...completedOnly(41),
});
const carried: Job = { ...green, id: ids++, carriedOver: true, ...completedOnly(101) };
const again = job('test (22, linux)', [102, 101, 161]);
const stuck = job('deploy', [163, 400, 500], { labels: ['self-hosted', 'deploy'] });

function attempt(
  number: number,
  startS: number,
  endS: number,
  conclusion: 'success' | 'failure',
  jobs: Job[],
): Attempt {
  const actor = repository?.owner;
  assert.ok(actor);
  return {
    number,
    startedMs: at(startS),
    triggeringActor: actor,
    conclusion,
    jobs,
    moments: [
      { action: 'requested', status: 'queued', atMs: at(startS) },
      { action: 'in_progress', status: 'in_progress', atMs: at(startS + 5) },
      { action: 'completed', status: 'completed', atMs: at(endS) },
    ],
  };
}

const run: Run = {
  index: 0,
  id: 19_000_000_001,
  number: 1,
  repository,
  headRepository: repository,
  workflow,
  event: 'push',
  headBranch: repository.defaultBranch,
  headSha: createRandom('sha').hex(40),
  title: 'By hand',
  actor: repository.owner,
  pullRequest: null,
  createdMs: at(0),
  endMs: at(500),
  attempts: [
    attempt(1, 0, 68, 'failure', [green, red, skipped, checkRun]),
    attempt(2, 100, 501, 'success', [carried, again, stuck]),
  ],
};

const REPO = 'repository="lumen-works/web-shop"';

function valuesOf(text: string, pattern: RegExp): string[] {
  return text
    .split('\n')
    .filter((line) => pattern.test(line) && !line.startsWith('#') && !line.includes('_bucket'))
    .map((line) => line.replace(`${REPO},workflow="CI",`, '').replace('github_actions_', ''));
}

const text = truthOfRuns([run], at(200), at(200));

test('runs: one attempt is over, the other one is in progress', () => {
  assert.deepEqual(valuesOf(text, /_runs|run_duration/), [
    'active_runs{status="in_progress"} 1',
    'run_duration_seconds_sum{branch="default",conclusion="failure"} 68',
    'run_duration_seconds_count{branch="default",conclusion="failure"} 1',
    'runs_total{event="push",branch="default",conclusion="failure"} 1',
  ]);
});

test('jobs: matrix cells are one job, the carried-over one counts once, check runs never', () => {
  assert.deepEqual(valuesOf(text, /jobs_total|job_duration/), [
    'job_duration_seconds_sum{job="test",conclusion="failure"} 30',
    'job_duration_seconds_count{job="test",conclusion="failure"} 1',
    'job_duration_seconds_sum{job="test",conclusion="success"} 120',
    'job_duration_seconds_count{job="test",conclusion="success"} 2',
    'jobs_total{job="deploy",runs_on="none",conclusion="skipped"} 1',
    'jobs_total{job="test",runs_on="ubuntu-latest",conclusion="failure"} 1',
    'jobs_total{job="test",runs_on="ubuntu-latest",conclusion="success"} 2',
  ]);
});

test('queue times: a negative one counts as none, the carried-over one is not counted again', () => {
  assert.deepEqual(valuesOf(text, /job_queue/), [
    'job_queue_seconds_sum{runs_on="ubuntu-latest"} 13',
    'job_queue_seconds_count{runs_on="ubuntu-latest"} 3',
  ]);
  const buckets = text.split('\n').filter((line) => line.includes('job_queue_seconds_bucket'));
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
  assert.deepEqual(valuesOf(text, /active_job/), [
    'active_jobs{runs_on="self-hosted,deploy",status="queued"} 1',
    `oldest_active_job_timestamp_seconds{runs_on="self-hosted,deploy",status="queued"} ${at(163) / 1000}`,
  ]);
  assert.deepEqual(valuesOf(truthOfRuns([run], at(450), at(450)), /active_job/), [
    'active_jobs{runs_on="self-hosted,deploy",status="in_progress"} 1',
    `oldest_active_job_timestamp_seconds{runs_on="self-hosted,deploy",status="in_progress"} ${at(400) / 1000}`,
  ]);
});

test('what is queued for over a day is stale, not active', () => {
  const dayLater = truthOfRuns([run], at(200), at(163 + 86_401));
  assert.deepEqual(valuesOf(dayLater, /active_job|stale/), [`stale_jobs{${REPO},status="queued"} 1`]);
});
