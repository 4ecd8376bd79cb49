import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createObserve } from '../github/observe.ts';
import { failureCauseOf } from './failure-cause.ts';
import type { JobObservation, Step } from './observation.ts';

const T0 = Date.UTC(2026, 10, 23, 12);
const MINUTE = 60_000;

/** Steps with these conclusions; `null` is one that is still in progress. */
function steps(...conclusions: (string | null)[]): Step[] {
  return conclusions.map((conclusion, index) => ({
    number: index + 1,
    name: `step ${index + 1}`,
    status: conclusion === null ? 'in_progress' : 'completed',
    conclusion,
    startedAtMs: T0,
    completedAtMs: conclusion === null ? null : T0 + MINUTE,
  }));
}

function ended(conclusion: string | null, over: Partial<JobObservation> = {}): JobObservation {
  return {
    kind: 'job',
    source: 'webhook',
    observedAtMs: T0 + 5 * MINUTE,
    repository: 'o/r',
    workflow: 'CI',
    jobId: 1,
    runId: 10,
    runAttempt: 1,
    name: 'build',
    status: 'completed',
    conclusion,
    createdAtMs: T0,
    startedAtMs: T0,
    completedAtMs: T0 + 4 * MINUTE,
    runsOn: ['ubuntu-latest'],
    runnerId: 1000018028,
    runnerName: 'GitHub Actions 1000018028',
    runnerGroup: 'GitHub Actions',
    headBranch: 'main',
    branch: null,
    headSha: 'abc',
    steps: steps('success', 'success'),
    isPublicRepository: false,
    hasEnvironment: false,
    deploymentUpdatedAtMs: null,
    ...over,
  };
}

const NEVER_STARTED = { runnerName: null, runnerGroup: null, steps: [] };

test('jobs that did not fail, or are not finished, have no cause', () => {
  for (const conclusion of ['success', 'neutral', 'skipped', 'cancelled', 'action_required', null]) {
    assert.equal(failureCauseOf(ended(conclusion)), null, String(conclusion));
  }
  assert.equal(failureCauseOf(ended('failure', { status: 'in_progress' })), null);
});

test('a failed step is the cause, even when the steps after it were left unfinished', () => {
  assert.equal(failureCauseOf(ended('failure', { steps: steps('success', 'failure', 'skipped') })), 'step');
  assert.equal(failureCauseOf(ended('failure', { steps: steps('failure', null, 'cancelled') })), 'step');
});

test('a job that timed out did so whatever its steps say', () => {
  for (const last of ['cancelled', 'failure', null]) {
    assert.equal(failureCauseOf(ended('timed_out', { steps: steps('success', last) })), 'timeout');
  }
  assert.equal(failureCauseOf(ended('timed_out', { ...NEVER_STARTED, runnerId: null })), 'timeout');
});

test('a job cut off at the default limit of 360 minutes timed out, though GitHub calls it cancelled', () => {
  const lasting = (ms: number, conclusion = 'cancelled') =>
    ended(conclusion, { completedAtMs: T0 + ms, steps: steps('success', 'cancelled') });
  assert.equal(failureCauseOf(lasting(360 * MINUTE)), 'timeout');
  assert.equal(failureCauseOf(lasting(360 * MINUTE + 13_000)), 'timeout');
  assert.equal(failureCauseOf(lasting(366 * MINUTE)), 'timeout');
  assert.equal(failureCauseOf(lasting(360 * MINUTE - 1000)), null);
  assert.equal(failureCauseOf(lasting(366 * MINUTE + 1000)), null);
  assert.equal(failureCauseOf(lasting(360 * MINUTE, 'failure')), 'timeout');
  assert.equal(failureCauseOf(lasting(360 * MINUTE, 'success')), null);
});

test('a step that failed at the default limit is still the cause', () => {
  const over = { completedAtMs: T0 + 360 * MINUTE, steps: steps('failure') };
  assert.equal(failureCauseOf(ended('failure', over)), 'step');
});

test('a job cancelled in the queue did not time out, however long it waited', () => {
  const over = { ...NEVER_STARTED, runnerId: 0, completedAtMs: T0 + 360 * MINUTE };
  assert.equal(failureCauseOf(ended('cancelled', over)), null);
});

test('a runner is lost when its job failed but no step did', () => {
  for (const left of [
    steps('success', null, null),
    steps('success', 'cancelled', 'skipped'),
    steps('success', 'success'),
    [],
  ]) {
    assert.equal(failureCauseOf(ended('failure', { steps: left })), 'runner_lost');
  }
  assert.equal(failureCauseOf(ended('failure', { startedAtMs: null, completedAtMs: null })), 'runner_lost');
});

test('a job that failed without a runner could not be started', () => {
  for (const runnerId of [null, 0]) {
    assert.equal(failureCauseOf(ended('failure', { ...NEVER_STARTED, runnerId })), 'startup');
  }
  assert.equal(failureCauseOf(ended('startup_failure', { steps: steps('failure') })), 'startup');
});

test('an unknown conclusion has an unknown cause', () => {
  assert.equal(failureCauseOf(ended('stale')), 'unknown');
  assert.equal(failureCauseOf(ended('exploded')), 'unknown');
});

test("in GitHub's own examples, the one failed job failed in a step", () => {
  const file = join(
    import.meta.dirname,
    '../../node_modules/@octokit/webhooks-examples/api.github.com/index.json',
  );
  const events: { name: string; examples: { action: string }[] }[] = JSON.parse(readFileSync(file, 'utf8'));
  const causes = events
    .filter(({ name }) => name === 'workflow_job')
    .flatMap(({ examples }) => examples)
    .map((example) => {
      const reading = createObserve([])({
        guid: '',
        event: 'workflow_job',
        action: example.action,
        source: 'webhook',
        receivedAtMs: T0,
        payload: JSON.stringify(example),
      });
      assert.ok('observation' in reading && reading.observation.kind === 'job');
      return `${example.action} ${reading.observation.conclusion} ${failureCauseOf(reading.observation)}`;
    });
  assert.deepEqual(
    causes.filter((cause) => !cause.endsWith('null')),
    ['completed failure step'],
  );
  assert.ok(causes.includes('completed success null'));
});
