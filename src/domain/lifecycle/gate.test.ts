import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HOLD_MS } from './gate.ts';
import { releaseHold } from './job.ts';
import { done, job, play, running, T0 } from './job-fixture.ts';

test('a job that may have a gate is held until the word of it has come', () => {
  const gate = { hasEnvironment: true };
  const held = play([job(gate), running()]);
  assert.deepEqual(held.facts, []);
  assert.equal(held.states.get(1)?.heldUntilMs, T0 + HOLD_MS);
  const waited = job({ ...gate, status: 'waiting', observedAtMs: T0 + 1000 });
  const released = job({ ...gate, observedAtMs: T0 + 4000 });
  const told = play([job(gate), running(), waited, released]);
  assert.deepEqual(
    told.facts.map(({ kind }) => kind),
    ['job_approved', 'job_started'],
  );
  assert.equal(told.states.get(1)?.heldUntilMs, null);
});

test('a job carried over tells no queue time when the gate before it is known and its release is not', () => {
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
