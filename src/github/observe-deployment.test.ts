import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deliveryOf } from '../../test/pipeline.ts';
import { exampleOf, NOW, webhook } from '../../test/traps/github.ts';
import { createObserve } from './observe.ts';

/*
 * Whole examples of GitHub, as they pass through trimming.
 */

type Json = Record<string, unknown>;
const observe = createObserve([]);

function read(event: string, payload: Json): Json {
  const reading = observe(deliveryOf(webhook(event, 90, payload), NOW));
  return ('observation' in reading ? reading.observation : reading) as unknown as Json;
}

function pick(object: Json, ...names: readonly string[]): unknown[] {
  return names.map((name) => object[name]);
}

test('a status of GitHub Actions names its run and its job', () => {
  const status = read('deployment_status', exampleOf('deployment_status', 1));
  assert.deepEqual(pick(status, 'kind', 'deploymentId', 'environment', 'status', 'statusId'), [
    'deployment',
    145_988_746,
    'github-pages',
    'in_progress',
    209_916_254,
  ]);
  assert.deepEqual(pick(status, 'runId', 'runAttempt', 'jobId', 'ref', 'workflow'), [
    289_782_451,
    1,
    128_620_228,
    'master',
    'pages-build-deployment',
  ]);
  assert.deepEqual(pick(status, 'createdAtMs', 'statusAtMs', 'runStartedAtMs'), [
    Date.parse('2022-01-03T01:28:30Z'),
    Date.parse('2022-01-03T01:28:40Z'),
    Date.parse('2022-01-03T01:27:48Z'),
  ]);
});

test('a status of 2019, or of another tool, names none', () => {
  const status = read('deployment_status', exampleOf('deployment_status', 0));
  assert.deepEqual(pick(status, 'repository', 'environment', 'status', 'runId', 'jobId', 'runStartedAtMs'), [
    'Codertocat/Hello-World',
    'production',
    'success',
    null,
    null,
    null,
  ]);
});

test('a deployment without a status has its creation as the time', () => {
  const created = read('deployment', exampleOf('deployment', 3));
  assert.deepEqual(pick(created, 'status', 'statusId', 'statusAtMs', 'runId'), [
    'created',
    0,
    Date.parse('2019-05-15T15:20:53Z'),
    null,
  ]);
  const { deployment, repository } = exampleOf('deployment', 0);
  const rule = read('deployment_protection_rule', { action: 'requested', deployment, repository });
  assert.deepEqual(pick(rule, 'kind', 'status', 'deploymentId'), ['deployment', 'created', 145_988_746]);
});

test('a status may move a deployment to another environment', () => {
  const payload = exampleOf('deployment_status', 0);
  const status = { ...(payload['deployment_status'] as Json), environment: 'pr-5' };
  const moved = read('deployment_status', { ...payload, deployment_status: status });
  assert.deepEqual(pick(moved, 'environment', 'environmentName'), ['pr-*', 'pr-5']);
});

test('a request for a review, and a decision about several jobs', () => {
  const payload = exampleOf('deployment_review', 0);
  const job = payload['workflow_job_run'] as Json;
  const wanted = { jobId: 9_921_448_362, name: 'tst', environment: 'TST', environmentName: 'TST' };
  const createdAtMs = Date.parse('2023-07-04T09:28:11Z');
  const requested = read('deployment_review', payload);
  assert.deepEqual(requested['jobs'], [{ ...wanted, createdAtMs }]);
  assert.deepEqual(pick(requested, 'kind', 'status', 'statusAtMs', 'runId', 'runAttempt'), [
    'review',
    'requested',
    Date.parse('2023-07-04T09:28:15Z'),
    5_453_085_689,
    1,
  ]);
  const jobs = [job, { ...job, id: 5, environment: 'preview/sample' }, null, {}];
  const approved = read('deployment_review', { ...payload, action: 'approved', workflow_job_runs: jobs });
  assert.deepEqual(
    (approved['jobs'] as Json[]).map(({ jobId, environment }) => [jobId, environment]),
    [
      [9_921_448_362, 'TST'],
      [5, 'preview/*'],
    ],
  );
  assert.equal(approved['statusAtMs'], approved['observedAtMs'], 'the moment at which GitHub made the event');
});

test('what names no deployment, no job or no known action is ignored with a reason', () => {
  for (const event of ['deployment', 'deployment_status', 'deployment_protection_rule'])
    assert.deepEqual(read(event, { action: 'created' }), { ignored: 'no_deployment' });
  assert.deepEqual(read('deployment_review', { action: 'approved' }), { ignored: 'no_review' });
  const payload = exampleOf('deployment_review', 0);
  for (const over of [{ action: 'withdrawn' }, { workflow_job_run: null }, { workflow_run: null }])
    assert.deepEqual(read('deployment_review', { ...payload, ...over }), { ignored: 'no_review' });
});
