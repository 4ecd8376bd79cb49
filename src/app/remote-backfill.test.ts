import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BackfillStatus, NO_BACKFILL } from '../domain/backfill.ts';
import { RemoteBackfill } from './remote-backfill.ts';

const REQUEST = { sinceMs: 1, repositories: [], isDryRun: false };

function open() {
  const notes: (string | null)[] = [];
  const state = { nowMs: 0, heard: null as BackfillStatus | null };
  const engine = { writeNote: async (_: string, text: string | null) => void notes.push(text) };
  const backfill = new RemoteBackfill(
    engine,
    () => state.nowMs,
    () => state.heard,
  );
  return { backfill, notes, state };
}

test('a backfill is asked for in a note, and is under way until the leader tells otherwise', async () => {
  const { backfill, notes, state } = open();
  assert.equal(await backfill.start(REQUEST), true);
  assert.deepEqual(notes, [JSON.stringify({ start: REQUEST })]);
  assert.equal(backfill.status().state, 'estimating');
  assert.equal(await backfill.start(REQUEST), false, 'one at a time');
  state.heard = { ...NO_BACKFILL, state: 'running', read: 7 };
  assert.equal(backfill.status().read, 7);
  state.nowMs = 20_000;
  state.heard = { ...NO_BACKFILL, state: 'done', read: 9 };
  assert.deepEqual([backfill.status().state, backfill.status().read], ['done', 9]);
});

test('nobody who leads answers: after a while it is as before', async () => {
  const { backfill, state } = open();
  await backfill.start(REQUEST);
  state.nowMs = 20_000;
  assert.equal(backfill.status().state, 'none');
});

test('its end is asked for too', async () => {
  const { backfill, notes } = open();
  await backfill.start(REQUEST);
  await backfill.stop();
  assert.deepEqual([notes.at(-1), backfill.status().state], ['"stop"', 'none']);
});
