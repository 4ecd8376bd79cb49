import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunObservation } from '../observation.ts';
import { transitionRun } from './run.ts';
import type { RunState } from './state.ts';

const T0 = Date.UTC(2026, 10, 20);

function run(over: Partial<RunObservation>): RunObservation {
  return {
    ...{ kind: 'run', source: 'webhook', observedAtMs: T0, repository: 'o/r', workflow: 'CI', runId: 1 },
    ...{
      runAttempt: 1,
      runNumber: 1,
      repositoryId: 1,
      workflowFile: null,
      status: 'queued',
      conclusion: null,
    },
    ...{ event: 'push', branch: 'default', headBranch: 'main', headSha: null, createdAtMs: T0 },
    ...{ runStartedAtMs: T0, updatedAtMs: T0 },
    ...over,
  };
}

function seen(...observations: RunObservation[]): string[] {
  let state: RunState | undefined;
  const found: string[] = [];
  for (const observation of observations) {
    const { state: after, facts } = transitionRun(state, observation, T0);
    found.push(...facts.flatMap((fact) => (fact.kind === 'run_seen' ? [fact.status] : [])));
    state = after;
  }
  return found;
}

const queued = run({});
const begun = run({ status: 'in_progress', observedAtMs: T0 + 1000 });
const ended = (conclusion: string) =>
  run({ status: 'completed', conclusion, observedAtMs: T0 + 2000, updatedAtMs: T0 + 2000 });

test('an attempt is seen once, and has been in progress once, in any order', () => {
  const both = ['queued', 'in_progress'];
  for (const order of [
    [queued, begun, ended('failure'), begun, queued],
    [ended('failure'), begun, queued, begun],
    [begun, queued, ended('cancelled'), begun],
    [ended('success'), begun, queued],
  ])
    assert.deepEqual(seen(...order), both);
});

test('a success was in progress; what failed, was cancelled or held may never have been', () => {
  assert.deepEqual(seen(ended('success')), ['queued', 'in_progress']);
  for (const conclusion of ['failure', 'cancelled', 'startup_failure', 'skipped', 'action_required'])
    assert.deepEqual(seen(ended(conclusion)), ['queued']);
  assert.deepEqual(seen(ended('action_required'), queued, begun, ended('success')), [
    'queued',
    'in_progress',
  ]);
});
