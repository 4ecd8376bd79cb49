import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { done, job, numbersOf, play, running, T0 } from '../../../test/fixtures/job.ts';
import { HOLD_MS } from './gate.ts';
import { releaseHold, transitionJob } from './job.ts';
import type { JobState } from './state.ts';

test("the start of a job that may have a gate is held until the gate's event arrives", () => {
  const gate = { hasEnvironment: true };
  const held = play([job(gate), running()]);
  assert.deepEqual(held.facts, []);
  assert.equal(held.states.get(1)?.heldUntilMs, T0 + 10 * 60_000);
  const waited = job({ ...gate, status: 'waiting', observedAtMs: T0 + 1000 });
  const released = job({ ...gate, observedAtMs: T0 + 4000 });
  assert.deepEqual(play([job(gate), running(), waited]).facts, []);
  const told = play([job(gate), running(), waited, released]);
  assert.deepEqual(
    told.facts.map(({ kind }) => kind),
    ['job_approved', 'job_started'],
  );
  assert.equal(told.states.get(1)?.heldUntilMs, null);
});

test('a carried-over job has no queue time when its gate is known but the release is not', () => {
  const gate = { hasEnvironment: true };
  const story = [
    job({ ...gate, status: 'waiting' }),
    running(gate),
    done({ ...gate, jobId: 2, runAttempt: 2, observedAtMs: T0 + 900_000 }),
  ];
  fc.assert(
    fc.property(fc.shuffledSubarray(story, { minLength: story.length }), (order) => {
      const { states, facts } = play(order);
      const known = [...states.values()];
      const released = known.flatMap(
        (state) =>
          releaseHold(
            state,
            known.filter((other) => other !== state),
            T0 + HOLD_MS,
          ).facts,
      );
      assert.deepEqual(
        [...facts, ...released].filter(({ kind }) => kind === 'job_started'),
        [],
      );
    }),
  );
});

test('a hold ends ten minutes after the first report of the start, whatever arrives meanwhile', () => {
  const gate = { hasEnvironment: true };
  const { state } = transitionJob([], running(gate), T0);
  const later = transitionJob([state], done(gate), T0 + 60_000);
  assert.equal(later.state.heldUntilMs, T0 + HOLD_MS);
  const over = transitionJob([later.state], done(gate), T0 + HOLD_MS);
  assert.deepEqual(
    over.facts.map(({ kind }) => kind),
    ['job_started'],
  );
});

test('when a hold expires the queue time is counted, unless it is unknown or already counted', () => {
  const { states } = play([running({ hasEnvironment: true })]);
  const held = states.get(1) as JobState;
  const ended = releaseHold(held, [], T0 + HOLD_MS);
  assert.deepEqual(numbersOf(ended.facts), [
    'github_actions_job_queue_seconds o/r|CI|ubuntu-latest -1 7000',
    'github_actions_job_queue_seconds o/r|CI|ubuntu-latest 10000 1',
  ]);
  const carried = releaseHold({ ...held, jobId: 2, runAttempt: 2 }, [ended.state], T0 + HOLD_MS);
  const unknown = releaseHold({ ...held, createdAtMs: null }, [], T0 + HOLD_MS);
  for (const { facts } of [carried, unknown]) assert.deepEqual(facts, []);
  for (const { state } of [ended, carried, unknown]) assert.equal(state.heldUntilMs, null);
});

test("a job is held only while a gate's event may come, not for a time that will never be known", () => {
  const gate = { hasEnvironment: true };
  const stories = [
    [running({ createdAtMs: null })],
    [job({ ...gate, status: 'waiting' }), running(gate)],
    [running({ ...gate, createdAtMs: null, startedAtMs: null })],
  ];
  for (const story of stories) assert.equal(play(story).states.get(1)?.heldUntilMs, null);
});

test('only a queued event releases a job from its gate, and only it has the time', () => {
  const gate = { hasEnvironment: true, deploymentUpdatedAtMs: T0 + 2000 };
  const pending = job({ ...gate, status: 'pending', observedAtMs: T0 + 3000 });
  const { states, facts } = play([job({ ...gate, status: 'waiting' }), pending, running(gate)]);
  assert.deepEqual(facts, []);
  const { queuedAtMs, releasedAtMs } = states.get(1) as JobState;
  assert.deepEqual([queuedAtMs, releasedAtMs], [null, null]);
});

test('a job of unknown creation is queued from its release, and its approval time is unknown', () => {
  const gate = { hasEnvironment: true, createdAtMs: null };
  const waits = [job({ ...gate, status: 'waiting' }), job({ ...gate, observedAtMs: T0 + 4000 })];
  assert.deepEqual(numbersOf(play([...waits, running(gate)]).facts), [
    'github_actions_job_queue_seconds o/r|CI|ubuntu-latest -1 3000',
    'github_actions_job_queue_seconds o/r|CI|ubuntu-latest 5000 1',
  ]);
});

test('an approval that seems to be before the creation counts as 0 and as an anomaly', () => {
  const gate = { hasEnvironment: true, deploymentUpdatedAtMs: T0 - 1000 };
  const { facts } = play([job({ ...gate, status: 'waiting' }), job({ ...gate, observedAtMs: T0 + 4000 })]);
  assert.deepEqual(numbersOf(facts), [
    'ant_watcher_timestamp_anomalies_total job_approval 0 1',
    'github_actions_job_approval_seconds o/r|CI 1000 1',
  ]);
});

test('queue and approval times of years are left out and are one anomaly each', () => {
  const gate = { hasEnvironment: true, createdAtMs: Date.UTC(2001, 0, 1) };
  const waits = [job({ ...gate, status: 'waiting' }), job({ ...gate, observedAtMs: T0 + 4000 })];
  assert.deepEqual(numbersOf(play([...waits, ...waits, running(gate)]).facts), [
    'ant_watcher_timestamp_anomalies_total job_approval 0 1',
    'github_actions_job_queue_seconds o/r|CI|ubuntu-latest -1 3000',
    'github_actions_job_queue_seconds o/r|CI|ubuntu-latest 5000 1',
  ]);
  const ungated = { createdAtMs: Date.UTC(2001, 0, 1) };
  assert.deepEqual(numbersOf(play([running(ungated), running(ungated)]).facts), [
    'ant_watcher_timestamp_anomalies_total job_queue 0 1',
  ]);
});

test('a list that shows a job queued again after a gate gives no release time: neither wait is known', () => {
  const gate = { hasEnvironment: true };
  const waiting = job({ ...gate, status: 'waiting' });
  const listed = job({ source: 'api', observedAtMs: T0 + 60_000 });
  const told = play([waiting, listed, running({ source: 'api', observedAtMs: T0 + 90_000 })]);
  assert.deepEqual(told.facts, []);
  const released = job({ ...gate, observedAtMs: T0 + 4000 });
  assert.deepEqual(
    play([waiting, listed, running({ source: 'api', observedAtMs: T0 + 90_000 }), released]).facts.map(
      ({ kind }) => kind,
    ),
    ['job_approved', 'job_started'],
  );
});
