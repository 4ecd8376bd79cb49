import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ATTEMPTS, RunKeys } from './run-keys.ts';

const attempts = fc.array(
  fc.tuple(
    fc.oneof(
      fc.nat(20),
      fc.integer({ min: 0, max: 2 ** 43 - 1 }),
      fc.nat(20).map((id) => id * 2 ** 22),
    ),
    fc.integer({ min: 0, max: 3 }),
  ),
  { maxLength: 60 },
);

test('a set of attempts has what was added and nothing else, also where all have the same hash', () => {
  fc.assert(
    fc.property(attempts, attempts, (added, others) => {
      const keys = new RunKeys(added.length);
      for (const [runId, runAttempt] of added) keys.add(runId * ATTEMPTS + runAttempt);
      const isAdded = new Set(added.map(String));
      for (const each of [...added, ...others]) assert.equal(keys.has(...each), isAdded.has(String(each)));
    }),
  );
});
