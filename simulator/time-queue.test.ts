import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from './random.ts';
import { createTimeQueue } from './time-queue.ts';

test('items come out by time, and in order of arrival at the same time', () => {
  const random = createRandom('queue');
  const entries = Array.from({ length: 2000 }, (_, place) => ({ atMs: random.int(0, 200), place }));
  const queue = createTimeQueue<(typeof entries)[number]>();
  for (const entry of entries) queue.add(entry.atMs, entry);
  const early = [...queue.due(99)];
  assert.equal(queue.size, entries.length - early.length);
  const sorted = entries.toSorted((a, b) => a.atMs - b.atMs || a.place - b.place);
  assert.ok(early.every((entry) => entry.atMs <= 99));
  assert.deepEqual([...early, ...queue.due(200)], sorted);
});
