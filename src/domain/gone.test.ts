import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PROCESSED_EVENTS } from './delivery.ts';
import { GONE_EVENT, goneDelivery, readGone } from './gone.ts';
import type { Unfinished } from './unfinished.ts';

const JOB: Unfinished = {
  ...{ jobId: 7, runId: 5, runAttempt: 2, repository: 'o/r', workflow: 'CI', name: 'build (1)' },
  ...{ status: 'queued', statusAtMs: 1000 },
};

test('what is gone is told in a delivery of its own, which no webhook can bring', () => {
  const { status: _, statusAtMs: __, ...words } = JOB;
  const told = goneDelivery(JOB, 9000);
  assert.deepEqual(readGone(told), { kind: 'gone', source: 'api', observedAtMs: 9000, ...words });
  assert.equal(told.event, GONE_EVENT);
  assert.equal(PROCESSED_EVENTS.has(GONE_EVENT), false);
});

test('the same is told once; again after something more was heard', () => {
  const guids = [
    goneDelivery(JOB, 9000),
    goneDelivery({ ...JOB, statusAtMs: 2000 }, 9000),
    goneDelivery({ ...JOB, jobId: null }, 9000),
    goneDelivery({ ...JOB, jobId: null, runAttempt: 3 }, 9000),
  ].map(({ guid }) => guid);
  assert.equal(new Set(guids).size, 4);
  assert.equal(goneDelivery(JOB, 10_000).guid, guids[0]);
});
