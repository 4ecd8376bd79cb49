import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { DeploymentObservation, ReviewObservation } from '../observation.ts';
import { transitionDeployment } from './deployment.ts';
import type { FactOf } from './fact.ts';
import { transitionReview } from './review.ts';
import type { DeploymentState, ReviewState } from './state.ts';

const T0 = Date.UTC(2026, 10, 20, 10);
const SECOND = 1000;

function reported(
  status: string,
  second: number,
  over: Partial<DeploymentObservation> = {},
): DeploymentObservation {
  return {
    ...{ kind: 'deployment', source: 'webhook', observedAtMs: T0 + second * SECOND },
    ...{ repository: 'o/r', workflow: 'Deploy', deploymentId: 1, environment: 'production' },
    ...{ environmentName: 'production', ref: 'main', headSha: null, createdAtMs: T0 },
    ...{ status, statusId: 10 + second, statusAtMs: T0 + second * SECOND },
    ...{ runId: 7, runAttempt: 1, runStartedAtMs: T0 - 60 * SECOND, jobId: 9 },
    ...over,
  };
}

/** The state in the end, and what was counted. */
function play(reports: readonly DeploymentObservation[]) {
  let state: DeploymentState | undefined;
  const reached: FactOf<'deployment_reached'>[] = [];
  const anomalies: string[] = [];
  for (const each of reports) {
    const transition = transitionDeployment(state, each, T0);
    state = transition.state;
    for (const fact of transition.facts) {
      if (fact.kind === 'deployment_reached') reached.push(fact);
      if (fact.kind === 'anomaly') anomalies.push(fact.anomaly);
    }
  }
  const counted = reached.map(({ state: outcome, durationMs, sinceRunMs }) => [
    outcome,
    durationMs,
    sinceRunMs,
  ]);
  return { state, counted: counted.sort(), anomalies };
}

test('a deployment counts once in each outcome, with the times since its creation and since the run', () => {
  const { counted, state } = play([
    reported('in_progress', 5),
    reported('failure', 20),
    reported('success', 90),
    reported('success', 3600),
    reported('inactive', 7200),
  ]);
  assert.deepEqual(counted, [
    ['failure', 20 * SECOND, null],
    ['inactive', null, null],
    ['success', 90 * SECOND, 150 * SECOND],
  ]);
  assert.equal(state?.status, 'inactive');
  assert.equal(state.successAtMs, T0 + 90 * SECOND);
});

test('any order and any duplicates end in the same', () => {
  const life = [
    reported('created', 0, { statusId: 0, runId: null, runAttempt: null, runStartedAtMs: null, jobId: null }),
    reported('created', 0, { statusId: 0 }),
    reported('in_progress', 5),
    reported('failure', 20),
    reported('success', 90, { environment: 'canary', environmentName: 'canary' }),
    // The run has a later attempt by the time the deployment ends, or no payload names its run.
    reported('inactive', 7200, { runAttempt: 2, runStartedAtMs: T0 + 5000 * SECOND }),
    reported('pending', 7300, { runId: null, runAttempt: null, runStartedAtMs: null, workflow: 'unknown' }),
  ];
  const expected = play(life);
  assert.equal(expected.state?.runAttempt, 1);
  const property = fc.property(
    fc.shuffledSubarray([...life, ...life], { minLength: 2 * life.length, maxLength: 2 * life.length }),
    (order) => assert.deepEqual(play(order), expected),
  );
  fc.assert(property, { numRuns: 500 });
});

test('without a run there is no time since one; nor for a run that began after the deployment', () => {
  const alone = reported('success', 90, { runId: null, runAttempt: null, runStartedAtMs: null });
  assert.deepEqual(play([alone]).counted, [['success', 90 * SECOND, null]]);
  const later = reported('success', 90, { runStartedAtMs: T0 + 60 * SECOND });
  assert.deepEqual(play([later]).counted, [['success', 90 * SECOND, null]]);
});

test('an end before the creation is 0, and an anomaly; without a creation there is no duration', () => {
  assert.deepEqual(play([reported('error', -3)]), {
    ...play([reported('error', -3)]),
    counted: [['error', 0, null]],
    anomalies: ['deployment_duration'],
  });
  assert.deepEqual(play([reported('success', 3, { createdAtMs: null })]).counted, [['success', null, null]]);
});

const JOB = {
  jobId: 9,
  name: 'deploy',
  environment: 'production',
  environmentName: 'production',
  createdAtMs: T0,
};

function review(status: ReviewObservation['status'], second: number | null): ReviewObservation {
  const statusAtMs = second === null ? null : T0 + second * SECOND;
  return {
    ...{
      kind: 'review',
      source: 'webhook',
      observedAtMs: T0 + 999 * SECOND,
      repository: 'o/r',
      workflow: 'D',
    },
    ...{ status, statusAtMs, runId: 7, runAttempt: 1, jobs: [JOB] },
  };
}

function decide(reviews: readonly ReviewObservation[]) {
  let state: ReviewState | undefined;
  const counted: unknown[] = [];
  for (const each of reviews) {
    const transition = transitionReview(state, each, JOB, T0);
    state = transition.state;
    for (const fact of transition.facts)
      if (fact.kind === 'deployment_reviewed') counted.push([fact.status, fact.approvalMs]);
  }
  return { state, counted: counted.sort() };
}

test('a job is approved once and refused once, in any order', () => {
  const life = [review('requested', 3), review('rejected', 40), review('approved', 300)];
  const expected = decide(life);
  assert.deepEqual(expected.counted, [
    ['approved', 300 * SECOND],
    ['rejected', null],
  ]);
  assert.equal(expected.state?.status, 'approved');
  const property = fc.property(
    fc.shuffledSubarray([...life, ...life], { minLength: 6, maxLength: 6 }),
    (order) => assert.deepEqual(decide(order), expected),
  );
  fc.assert(property);
});

test('a decision without a time counts without a duration', () => {
  assert.deepEqual(decide([review('approved', null)]).counted, [['approved', null]]);
});
