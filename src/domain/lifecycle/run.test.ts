import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { done, numbersOf, play, running, T0 } from '../../../test/fixtures/job.ts';
import type { RunObservation } from '../observation.ts';
import type { Fact } from './fact.ts';
import { HOLD_MS } from './gate.ts';
import { transitionRun as transition } from './run.ts';
import type { RunState } from './state.ts';

/** Without what seen.test.ts is about. */
function transitionRun(before: RunState | undefined, told: RunObservation) {
  const { state, facts } = transition(before, told, T0);
  return { state, facts: facts.filter(({ kind }) => kind !== 'run_seen') };
}

function run(over: Partial<RunObservation> = {}): RunObservation {
  return {
    kind: 'run',
    source: 'webhook',
    observedAtMs: T0,
    repository: 'o/r',
    workflow: 'CI',
    runId: 10,
    runAttempt: 1,
    runNumber: 3,
    repositoryId: 77,
    workflowFile: '.github/workflows/ci.yml',
    status: 'requested',
    conclusion: null,
    event: 'push',
    branch: 'default',
    headBranch: 'main',
    headSha: 'abc',
    createdAtMs: T0,
    runStartedAtMs: T0,
    updatedAtMs: T0,
    ...over,
  };
}

test('a run attempt is counted once, in any order; its duration is that of the attempt', () => {
  const end = { status: 'completed', conclusion: 'success', updatedAtMs: T0 + 90_000 } as const;
  const story = [
    run(),
    run({ status: 'in_progress', observedAtMs: T0 + 1000 }),
    run({ ...end, observedAtMs: T0 + 91_000 }),
  ];
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...story), { maxLength: 4 }),
      fc.shuffledSubarray(story, { minLength: 3 }),
      (a, b) => {
        let state: RunState | undefined;
        const facts: Fact[] = [];
        for (const observation of [...a, ...b]) {
          const result = transitionRun(state, observation);
          state = result.state;
          facts.push(...result.facts);
        }
        assert.equal(state?.status, 'completed');
        assert.deepEqual(numbersOf(facts), [
          'github_actions_run_duration_seconds o/r|CI|default|success -1 90000',
          'github_actions_run_duration_seconds o/r|CI|default|success 120000 1',
          'github_actions_runs_total o/r|CI|push|default|success 0 1',
        ]);
      },
    ),
  );
});

test('a run is queued, pending or waiting as its latest event says, in any order', () => {
  const statuses = ['queued', 'waiting', 'pending'] as const;
  for (const [index, latest] of statuses.entries()) {
    const story = [
      ...statuses.map((status, at) => run({ status, observedAtMs: T0 + ((at - index + 5) % 3) })),
      run({ status: 'requested', observedAtMs: T0 + 9 }),
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(story, { minLength: 4 }), (order) => {
        let state: RunState | undefined;
        for (const observation of order) state = transitionRun(state, observation).state;
        assert.equal(state?.status, latest);
      }),
    );
  }
});

test('an attempt settles ten minutes after its end is known, which no later report moves', () => {
  const ended = run({ status: 'completed', conclusion: 'success' });
  const first = transition(undefined, ended, T0);
  assert.equal(first.state.settlesAtMs, T0 + HOLD_MS);
  assert.equal(transition(first.state, ended, T0 + 9000).state.settlesAtMs, T0 + HOLD_MS);
  const settled = { ...first.state, settlesAtMs: null };
  assert.equal(transition(settled, ended, T0 + HOLD_MS).state.settlesAtMs, null);
  assert.equal(transitionRun(undefined, run()).state.settlesAtMs, null);
  // It may continue.
  const held = run({ status: 'completed', conclusion: 'action_required' });
  assert.equal(transitionRun(undefined, held).state.settlesAtMs, null);
});

test('a run is first seen when its earliest event was made', () => {
  const [early, late] = [run({ observedAtMs: T0 + 1 }), run({ observedAtMs: T0 + 2 })];
  for (const [first, second] of [
    [early, late],
    [late, early],
  ] as const) {
    const { state } = transitionRun(transitionRun(undefined, first).state, second);
    assert.equal(state.firstSeenAtMs, T0 + 1);
  }
});

test('a run held for approval is completed by its first event and needs no job', () => {
  const held = run({ status: 'completed', conclusion: 'action_required' });
  assert.equal(transitionRun(undefined, held).facts.length, 1);
});

test('a run that was held and then approved is counted as held and as completed, in any order', () => {
  const moments = [
    run({ status: 'completed', conclusion: 'action_required', observedAtMs: T0 }),
    run({ status: 'queued', conclusion: null, observedAtMs: T0 + 1 }),
    run({ status: 'in_progress', conclusion: null, observedAtMs: T0 + 2 }),
    run({ status: 'completed', conclusion: 'success', observedAtMs: T0 + 3 }),
  ];
  for (const from of moments.keys()) {
    const rotated = [...moments.slice(from), ...moments.slice(0, from)];
    for (const order of [rotated, rotated.toReversed()]) {
      let state: RunState | undefined;
      const ends: unknown[] = [];
      for (const told of [...order, ...order]) {
        const next = transitionRun(state, told);
        state = next.state;
        ends.push(
          ...next.facts.map((fact) => (fact.kind === 'run_completed' ? fact.run.conclusion : fact.kind)),
        );
      }
      assert.deepEqual(ends.sort(), ['action_required', 'success']);
      assert.deepEqual([state?.status, state?.conclusion], ['completed', 'success']);
    }
  }
});

test('a run that was held continues without a completion', () => {
  const held = run({ status: 'completed', conclusion: 'action_required', observedAtMs: T0 });
  const later = run({ status: 'in_progress', conclusion: null, observedAtMs: T0 + 2 });
  for (const [first, second] of [
    [held, later],
    [later, held],
  ] as const) {
    const { state } = transitionRun(transitionRun(undefined, first).state, second);
    assert.deepEqual([state.status, state.conclusion], ['in_progress', null]);
  }
});

test('what is missing in the last event is filled from earlier ones, and completed is never undone', () => {
  const { state } = transitionRun(
    transitionRun(undefined, run({ status: 'completed', headSha: null })).state,
    run(),
  );
  assert.equal(state.status, 'completed');
  assert.equal(state.headSha, 'abc');
  const late = play([done({ runnerName: null, runnerId: 5 }), running()]).states.get(1);
  assert.equal(late?.status, 'completed');
  assert.equal(late?.runnerName, 'r5');
});

test('an end is counted with the labels of its own event, and missing ones are unknown, in any order', () => {
  const started = run({ status: 'in_progress' });
  const ended = run({ status: 'completed', runStartedAtMs: null });
  for (const [first, second] of [
    [started, ended],
    [ended, started],
  ] as const) {
    const before = transitionRun(undefined, first);
    const { state, facts } = transitionRun(before.state, second);
    assert.equal(state.runStartedAtMs, T0);
    assert.deepEqual([...before.facts, ...facts], [{ kind: 'run_completed', run: ended, durationMs: null }]);
  }
});

test('a run that seems to end before its start lasted 0 s and is an anomaly', () => {
  const { facts } = transitionRun(undefined, run({ status: 'completed', updatedAtMs: T0 - 1000 }));
  assert.deepEqual(numbersOf(facts), [
    'ant_watcher_timestamp_anomalies_total run_duration 0 1',
    'github_actions_run_duration_seconds o/r|CI|default|unknown 1000 1',
    'github_actions_runs_total o/r|CI|push|default|unknown 0 1',
  ]);
});
