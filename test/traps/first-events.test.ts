import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deliveryOf, openPipeline, type Webhook } from '../pipeline.ts';
import { completed, inProgress, NO_RUNNER, NOW, PLACE, queued, runWebhook, waiting } from './github.ts';

/** Every line except buckets. */
async function linesOf(sent: readonly Webhook[]): Promise<string[]> {
  await using pipeline = await openPipeline({ clock: { nowMs: NOW } });
  await pipeline.accept(sent.map((each) => deliveryOf(each, NOW)));
  await pipeline.settle();
  const lines = (await pipeline.text()).split('\n');
  return lines.filter((line) => line !== '' && !line.startsWith('#') && !line.includes('_bucket{'));
}

async function zerosOf(sent: readonly Webhook[]): Promise<string[]> {
  const zeros = (await linesOf(sent)).filter((line) => line.endsWith(' 0'));
  return zeros
    .map((line) => line.replace('github_actions_', '').replace(`${PLACE},`, '').replace(/ 0$/, ''))
    .sort();
}

const OF_JOB = [
  'flaky_jobs_total{repository="octo-org/octo-repo",workflow="CI",job_name="build"}',
  'job_duration_seconds_count{job_name="build",conclusion="success"}',
  'job_duration_seconds_sum{job_name="build",conclusion="success"}',
  'job_failures_total{job_name="build",cause="runner_lost"}',
  'job_failures_total{job_name="build",cause="startup"}',
  'job_failures_total{job_name="build",cause="step"}',
  'job_failures_total{job_name="build",cause="timeout"}',
  'job_queue_seconds_count{runs_on="ubuntu-latest"}',
  'job_queue_seconds_sum{runs_on="ubuntu-latest"}',
  'jobs_total{job_name="build",runs_on="ubuntu-latest",conclusion="cancelled"}',
  'jobs_total{job_name="build",runs_on="ubuntu-latest",conclusion="failure"}',
  'jobs_total{job_name="build",runs_on="ubuntu-latest",conclusion="success"}',
  'wasted_dollars_total{reason="cancelled"}',
  'wasted_dollars_total{reason="repeated"}',
  'wasted_seconds_total{reason="cancelled"}',
  'wasted_seconds_total{reason="repeated"}',
].map((line) => line.replace(`${PLACE},`, ''));

test('a job queued for the first time has its counters at 0, before anything fails', async () => {
  assert.deepEqual(await zerosOf([queued(0)]), OF_JOB);
});

test('a runner that gets a job has its busy time at 0, and a gate its approvals', async () => {
  const started = (await zerosOf([inProgress(8)])).filter((line) => line.startsWith('runner_busy'));
  assert.deepEqual(started, [
    'runner_busy_seconds_total{repository="octo-org/octo-repo",runs_on="ubuntu-latest",runner_group="GitHub Actions"}',
  ]);
  const gated = (await zerosOf([waiting(1)])).filter((line) => /job_approval|rejected/.test(line));
  assert.deepEqual(gated, [
    `job_approval_seconds_count{${PLACE}}`,
    `job_approval_seconds_sum{${PLACE}}`,
    'job_failures_total{job_name="build",cause="rejected"}',
  ]);
});

test('a workflow requested for the first time has its conclusions and re-runs at 0', async () => {
  assert.deepEqual(await zerosOf([runWebhook('requested', 0, {})]), [
    'reruns_total{kind="all"}',
    'reruns_total{kind="failed"}',
    'reruns_total{kind="unknown"}',
    'run_duration_seconds_count{branch="default",conclusion="success"}',
    'run_duration_seconds_sum{branch="default",conclusion="success"}',
    `run_queue_seconds_count{${PLACE}}`,
    `run_queue_seconds_sum{${PLACE}}`,
    'runs_total{event="push",branch="default",conclusion="cancelled"}',
    'runs_total{event="push",branch="default",conclusion="failure"}',
    'runs_total{event="push",branch="default",conclusion="success"}',
  ]);
});

test("a skipped job and another tool's check run have no counters but their own", async () => {
  const skipped = completed(2, { conclusion: 'skipped', labels: [], ...NO_RUNNER });
  assert.deepEqual(await zerosOf([skipped]), []);
  assert.deepEqual(await zerosOf([completed(2, { labels: [], ...NO_RUNNER })]), []);
});
