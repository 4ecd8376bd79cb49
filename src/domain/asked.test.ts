import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CONFIRMED_EVENT,
  CONFIRMED_EVERY_MS,
  confirmedDelivery,
  GONE_EVENT,
  goneDelivery,
  readAsked,
} from './asked.ts';
import { PROCESSED_EVENTS } from './delivery.ts';
import type { Unfinished } from './unfinished.ts';

const JOB: Unfinished = {
  ...{ jobId: 7, runId: 5, runAttempt: 2, repository: 'o/r', workflow: 'CI', name: 'build (1)' },
  ...{ status: 'queued', statusAtMs: 1000 },
};
const RUN: Unfinished = { ...JOB, jobId: null };

test("GitHub's answers become deliveries of special events, which no webhook can send", () => {
  const { status: _, statusAtMs: __, ...words } = JOB;
  for (const [told, kind, event] of [
    [goneDelivery(JOB, 9000), 'gone', GONE_EVENT],
    [confirmedDelivery(JOB, 9000), 'confirmed', CONFIRMED_EVENT],
  ] as const) {
    assert.deepEqual(readAsked(told), { kind, source: 'api', observedAtMs: 9000, ...words });
    assert.equal(told.event, event);
    assert.equal(PROCESSED_EVENTS.has(event), false);
    assert.equal(readAsked({ ...told, event: 'workflow_job' }), null);
  }
});

test('"gone" is recorded once; again after a later event', () => {
  const guids = [
    goneDelivery(JOB, 9000),
    goneDelivery({ ...JOB, statusAtMs: 2000 }, 9000),
    goneDelivery(RUN, 9000),
    goneDelivery({ ...RUN, runAttempt: 3 }, 9000),
  ].map(({ guid }) => guid);
  assert.equal(new Set(guids).size, 4);
  assert.equal(goneDelivery(JOB, 10_000).guid, guids[0]);
});

test('"not finished" is recorded at most once in six hours', () => {
  const guids = [0, 1, CONFIRMED_EVERY_MS - 1, CONFIRMED_EVERY_MS].map(
    (ms) => confirmedDelivery(JOB, ms).guid,
  );
  assert.deepEqual(new Set(guids).size, 2);
  assert.equal(guids[2], guids[0]);
  assert.equal(CONFIRMED_EVERY_MS, 6 * 3_600_000);
  assert.notEqual(confirmedDelivery(RUN, 0).guid, guids[0]);
});
