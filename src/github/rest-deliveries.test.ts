import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeliveryAttempt } from '../domain/github-history.ts';
import type { JobObservation, RunObservation } from '../domain/observation.ts';
import type { Json } from './fields.ts';
import { createObserve } from './observe.ts';
import {
  attemptEndMs,
  isOver,
  jobDelivery,
  listedRunOf,
  redelivery,
  runDelivery,
  wholeRunDelivery,
} from './rest-deliveries.ts';

const observe = createObserve([]);
const SURROUNDINGS = {
  repository: { full_name: 'o/r', default_branch: 'trunk', private: true },
  workflows: new Map([[7, { name: 'CI', path: '.github/workflows/ci.yml' }]]),
};
const NOW = Date.UTC(2026, 10, 21);
const RUN: Json = {
  id: 5,
  run_attempt: 2,
  workflow_id: 7,
  name: '.github/workflows/ci.yml',
  event: 'push',
  head_branch: 'trunk',
  status: 'completed',
  conclusion: 'failure',
  created_at: '2026-11-20T10:00:00Z',
  run_started_at: '2026-11-20T11:00:00Z',
  updated_at: '2026-11-20T11:10:02Z',
};
const JOB: Json = {
  id: 9,
  run_id: 5,
  run_attempt: 2,
  name: 'build',
  status: 'completed',
  conclusion: 'failure',
  completed_at: '2026-11-20T11:10:00Z',
};

function runOf(run: Json, jobs: readonly Json[]) {
  const delivery = runDelivery(run, jobs, SURROUNDINGS, NOW);
  assert.ok(delivery !== null);
  const reading = observe(delivery);
  assert.ok('observation' in reading);
  return { delivery, observation: reading.observation as RunObservation };
}

test("a run from the API is read like a webhook, with its workflow's name and its branch's class", () => {
  const { delivery, observation } = runOf(RUN, [JOB]);
  assert.deepEqual(
    [delivery.event, delivery.action, delivery.source, delivery.guid],
    ['workflow_run', 'completed', 'api', 'api-run-5-2-failure'],
  );
  const { repository, workflow, branch, runAttempt } = observation;
  assert.deepEqual([repository, workflow, branch, runAttempt], ['o/r', 'CI', 'default', 2]);
});

test('a run in progress is described by its status, as if it were a webhook action', () => {
  for (const [status, action] of [
    ['in_progress', 'in_progress'],
    ['queued', 'requested'],
    ['waiting', 'requested'],
  ]) {
    const { delivery, observation } = runOf({ ...RUN, status, conclusion: null }, []);
    assert.deepEqual([delivery.action, delivery.guid], [action, `api-run-5-2-${status}`]);
    assert.equal(observation.status, status);
  }
});

test('the end of a run is its last change if that is close to the end of its last job, otherwise the latter', () => {
  const endOf = (updated_at: string, ...ends: string[]) => {
    const jobs = ends.map((completed_at) => ({ ...JOB, completed_at }));
    return new Date(runOf({ ...RUN, updated_at }, jobs).observation.updatedAtMs ?? 0)
      .toISOString()
      .slice(11, 19);
  };
  const job = '2026-11-20T11:10:00Z';
  assert.equal(endOf('2026-11-20T11:10:02Z', '2026-11-20T11:01:00Z', job), '11:10:02');
  assert.equal(endOf('2026-11-20T11:11:00Z', job), '11:11:00');
  assert.equal(endOf('2026-11-20T11:11:01Z', job, '2026-11-20T11:01:00Z'), '11:10:00');
  assert.equal(endOf('2026-11-20T11:09:59Z', job), '11:10:00');
  assert.equal(endOf('2026-11-20T15:00:00Z'), '15:00:00');
  assert.equal(
    endOf('2026-11-20T11:10:02Z', job, '2099-01-01T00:00:00Z'),
    '11:10:02',
    'a damaged end is none',
  );
});

test("while one of its jobs has no end, the last change is the best estimate of a run's end", () => {
  const [over, open] = [JOB, { ...JOB, status: 'in_progress', completed_at: null }];
  const { observation } = runOf({ ...RUN, updated_at: '2026-11-20T15:00:00Z' }, [over, open]);
  assert.equal(observation.updatedAtMs, Date.parse('2026-11-20T15:00:00Z'));
});

test('a run without jobs that never began ended when it began, whatever was changed later', () => {
  const endOf = (conclusion: string, updated_at: string) => {
    const run = { ...RUN, conclusion, run_started_at: '2026-11-20T11:00:00Z', updated_at };
    return runOf(run, []).observation.updatedAtMs;
  };
  const [later, soon] = ['2026-11-20T15:00:00Z', '2026-11-20T11:00:01Z'];
  for (const conclusion of ['startup_failure', 'action_required', 'skipped']) {
    assert.equal(endOf(conclusion, later), Date.parse('2026-11-20T11:00:00Z'));
    assert.equal(endOf(conclusion, soon), Date.parse(soon));
  }
  assert.equal(endOf('cancelled', later), Date.parse(later), 'it may have waited');
});

test('a change after the lifetime of a run is not its end, and a carried-over job does not end its attempt', () => {
  const endOf = (run: Json, jobs: readonly Json[] = []) =>
    runOf({ ...RUN, ...run }, jobs).observation.updatedAtMs;
  const cancelled = { conclusion: 'cancelled', run_started_at: '2026-10-01T11:00:00Z' };
  const inLife = '2026-11-05T11:00:00Z';
  assert.equal(endOf({ ...cancelled, updated_at: inLife }), Date.parse(inLife));
  assert.equal(endOf({ ...cancelled, updated_at: '2026-11-05T11:00:01Z' }), null);
  const carried = { ...JOB, completed_at: '2026-11-20T10:59:00Z' };
  assert.equal(endOf({}, [carried]), Date.parse('2026-11-20T11:10:02Z'));
  assert.equal(attemptEndMs(RUN, [carried], NOW), Date.parse('2026-11-20T11:00:00Z'));
  assert.equal(
    attemptEndMs(RUN, [carried, JOB, { ...JOB, completed_at: null }], NOW),
    Date.parse('2026-11-20T11:10:00Z'),
  );
});

test('a run that completes before its jobs has another id, so that it is accepted again', () => {
  const open = { ...JOB, status: 'in_progress', completed_at: null };
  assert.equal(runOf(RUN, [JOB, open]).delivery.guid, 'api-run-5-2-failure-unsettled');
  assert.equal(isOver(open), false);
});

test('a fully read run is marked by an id that no single attempt has', () => {
  const { delivery } = runOf(RUN, [JOB]);
  const mark = wholeRunDelivery(RUN, delivery);
  assert.equal(mark.guid, 'api-whole-run-5-2-failure');
  assert.equal(listedRunOf(RUN)?.guid, mark.guid);
  assert.notEqual(delivery.guid, mark.guid);
  assert.deepEqual(mark, { ...delivery, guid: mark.guid });
});

test('a job from the API is read like a webhook, with a separate id for each status', () => {
  const delivery = jobDelivery(JOB, SURROUNDINGS, NOW);
  assert.ok(delivery !== null);
  assert.deepEqual(
    [delivery.event, delivery.action, delivery.source, delivery.guid],
    ['workflow_job', 'completed', 'api', 'api-job-9-completed'],
  );
  const reading = observe(delivery);
  assert.ok('observation' in reading);
  const { jobId, repository, isPublicRepository } = reading.observation as JobObservation;
  assert.deepEqual([jobId, repository, isPublicRepository], [9, 'o/r', false]);
});

test('an entry of the log is the event as it was sent, with its own id', () => {
  const payload = { action: 'completed', workflow_job: JOB };
  const attempt: DeliveryAttempt = {
    id: 1,
    guid: 'g',
    event: 'workflow_job',
    deliveredAtMs: 0,
    isDelivered: false,
    ...{ status: 'refused', said: 'failed to connect to host', tookMs: null },
    isCounted: true,
  };
  const delivery = redelivery({ request: { payload } }, attempt, 3);
  assert.ok(delivery !== null);
  const { guid, source, action, receivedAtMs } = delivery;
  assert.deepEqual([guid, source, action, receivedAtMs], ['g', 'redelivery', 'completed', 3]);
  assert.equal(redelivery({ request: { payload: null } }, attempt, 3), null);
});

test('values that are neither runs nor jobs are left out', () => {
  for (const value of [null, 7, {}, { id: 'x' }]) {
    assert.equal(runDelivery(value, [], SURROUNDINGS, 1), null);
    assert.equal(listedRunOf(value), null);
  }
  assert.equal(jobDelivery({ id: 1 }, SURROUNDINGS, 1), null);
});
