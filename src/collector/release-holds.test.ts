import assert from 'node:assert/strict';
import { test } from 'node:test';
import { job } from '../../test/fixtures/states.ts';
import { NO_HISTORY } from '../domain/history.ts';
import type { Changes } from '../domain/transaction.ts';
import { NO_CHANGES } from '../domain/transaction.ts';
import { releaseHolds } from './release-holds.ts';

/** What is written when a job found as held is by now held until then. */
async function release(heldUntilMs: number | null): Promise<Changes> {
  let written = NO_CHANGES;
  await releaseHolds({
    queue: {
      heldJobs: async () => [job({ heldUntilMs: 1 })],
      async process(_, __, decide) {
        const known = {
          jobs: [job({ heldUntilMs })],
          runs: [],
          deployments: [],
          reviews: [],
          forgottenBeforeMs: null,
        };
        written = decide([], known, 1000);
        return { outcomes: [], outbox: { endSeq: 1, settledSeq: 1 } };
      },
    },
    rules: () => ({ measure: () => [], sampling: () => [], record: () => NO_HISTORY, costOf: () => 0 }),
    clock: () => 1000,
  });
  return written;
}

test('a hold that has ended or been extended since it was found is left alone', async () => {
  assert.deepEqual((await release(1000)).jobs, [job({ heldUntilMs: null })]);
  assert.deepEqual((await release(1001)).jobs, []);
  assert.deepEqual((await release(null)).jobs, []);
});
