import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LeasedDelivery } from '../domain/delivery.ts';
import { openSuspicion } from './crash-quarantine.ts';

const BATCH_SIZE = 2;

function leased(id: number, more: Partial<LeasedDelivery> = {}): LeasedDelivery {
  const delivery = { guid: `${id}`, event: 'e', action: '', source: 'webhook', receivedAtMs: 0, payload: '' };
  return { ...delivery, id, attempts: 0, ...more } as LeasedDelivery;
}

/** The ids of those that are tried alone. */
function suspectsIn(batch: readonly LeasedDelivery[], afterCrash = true): number[] {
  const { suspects, others } = openSuspicion(afterCrash, BATCH_SIZE)(batch);
  assert.equal(suspects.length + others.length, batch.length);
  return suspects.map(({ id }) => id);
}

test('after a crash of another process, only what was taken over is tried alone, and not more than it had in hand', () => {
  const batch = Array.from({ length: 12 }, (_, index) => leased(index, { isTakenOver: index % 2 === 1 }));
  assert.deepEqual(suspectsIn(batch), [1, 3, 5, 7]);
  assert.deepEqual(suspectsIn(batch, false), []);
});

test('what failed before is tried alone, whoever had it and whether or not there was a crash', () => {
  const failed = [true, false].map((isTakenOver, id) => leased(id, { isTakenOver, attempts: 1 }));
  for (const afterCrash of [true, false]) assert.deepEqual(suspectsIn(failed, afterCrash), [0, 1]);
});

test('where nobody knows who had it, what is leased first is tried alone', () => {
  assert.deepEqual(suspectsIn([1, 2, 3, 4, 5, 6].map((id) => leased(id))), [1, 2, 3, 4]);
});
