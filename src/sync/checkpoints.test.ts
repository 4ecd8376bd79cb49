import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeEngine, NOW, surroundings } from '../../test/fixtures/history.ts';
import { openCheckpoints } from './checkpoints.ts';

const DAY_MS = 24 * 3_600_000;
const AHEAD = NOW + 10 * DAY_MS;

/** With these marks, which a clock that was ahead may have set. */
async function open(marks: Readonly<Record<string, number>>) {
  const engine = fakeEngine();
  for (const [name, atMs] of Object.entries(marks)) engine.checkpoints.set(name, atMs);
  return { engine, checkpoints: await openCheckpoints(engine, NOW, surroundings()) };
}

test('a mark in the future says nothing: all since recovery began is read again', async () => {
  const beginMs = NOW - 3 * DAY_MS;
  const names = ['recovery/pass', 'repository/o/r', 'hook/app', 'owner/o'];
  const ahead = Object.fromEntries(names.map((name) => [name, AHEAD]));
  const { engine, checkpoints } = await open({ 'recovery/begin': beginMs, ...ahead });
  const known = [
    checkpoints.ofRepository('o/r'),
    checkpoints.ofRepository('o/new'),
    checkpoints.ofHook('app'),
  ];
  assert.deepEqual(await Promise.all(known), [beginMs, beginMs, beginMs]);
  assert.deepEqual([await checkpoints.ofOwner('o'), checkpoints.isFirst], [beginMs, false]);
  engine.notes.set('hook/app', JSON.stringify({ startedAtMs: AHEAD, next: 'page' }));
  assert.deepEqual(await checkpoints.cursorOf('app'), { startedAtMs: beginMs, next: 'page' });
});

test('no further back than a run can live', async () => {
  const { checkpoints } = await open({ 'recovery/begin': NOW - 300 * DAY_MS, 'hook/app': AHEAD });
  assert.equal(await checkpoints.ofHook('app'), NOW - 35 * DAY_MS);
});

test('a beginning in the future is now', async () => {
  const { engine, checkpoints } = await open({ 'recovery/begin': AHEAD, 'recovery/pass': AHEAD });
  assert.deepEqual([checkpoints.beginMs, engine.checkpoints.get('recovery/begin')], [NOW, NOW]);
  assert.equal(await checkpoints.ofRepository('o/r'), NOW);
});

test('a mark that is later by no more than clocks differ is believed', async () => {
  const { checkpoints } = await open({ 'recovery/begin': NOW - DAY_MS, 'hook/app': NOW + 60_000 });
  assert.equal(await checkpoints.ofHook('app'), NOW + 60_000);
});
