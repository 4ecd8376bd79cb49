import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeliveryAttempt, Hook } from '../domain/github-history.ts';
import {
  APP,
  attempt,
  FAILED,
  fakeEngine,
  fakeGitHub,
  HOUR_MS,
  NOW,
  ok,
  surroundings,
} from './history-fixture.ts';
import { recoverFromLog } from './hook-log.ts';

function stage() {
  const [github, engine] = [fakeGitHub(), fakeEngine()];
  const read = (hoursAgo: number, isOurs = true) =>
    recoverFromLog(
      { hook: APP, sinceMs: NOW - hoursAgo * HOUR_MS, isOurs },
      { ...surroundings(), history: github.history, engine },
    );
  return { github, engine, read };
}

test('what did not come is fetched, the oldest first, whatever GitHub thinks of its delivery', async () => {
  const { github, engine, read } = stage();
  github.logs.set(
    'app',
    ok([attempt(5, 1), attempt(4, 1.5, true), attempt(3, 2), attempt(2, 2.5), attempt(1, 3)]),
  );
  engine.seen.add('g2');
  const pass = await read(10);
  assert.deepEqual(engine.accepted, ['g1', 'g3', 'g4', 'g5']);
  assert.deepEqual([pass.isComplete, pass.recovered], [true, 4]);
});

test('an event is fetched once, however often it was tried', async () => {
  const { github, engine, read } = stage();
  github.logs.set('app', ok([{ ...attempt(9, 1), guid: 'g1' }, attempt(1, 2)]));
  await read(10);
  assert.deepEqual(engine.accepted, ['g1']);
});

test('the log is read back to the mark and no further, and covers what it reaches', async () => {
  const { github, engine, read } = stage();
  github.logs.set('app', ok([1, 2, 3, 4, 5, 6].map((hours) => attempt(hours, hours))));
  github.broken.set('g5', FAILED);
  const pass = await read(2.5);
  assert.deepEqual(engine.accepted, ['g2', 'g1']);
  assert.equal(pass.coveredSinceMs, NOW - 2.5 * HOUR_MS);
});

test('a log covers three days, and longer only where an older entry proves it', async () => {
  const { github, read } = stage();
  github.logs.set('app', ok([attempt(1, 1), attempt(2, 70)]));
  assert.equal((await read(100)).coveredSinceMs, NOW - 71 * HOUR_MS);
  github.logs.set('app', ok([attempt(1, 1), attempt(2, 101)]));
  assert.equal((await read(100)).coveredSinceMs, NOW - 100 * HOUR_MS);
});

test('what can not be fetched now ends the pass, and what was fetched stays', async () => {
  const { github, engine, read } = stage();
  github.logs.set('app', ok([attempt(2, 1), attempt(1, 2)]));
  github.broken.set('g2', FAILED);
  const pass = await read(10);
  assert.deepEqual([pass.isComplete, 'retryAtMs' in pass && pass.retryAtMs], [false, NOW + 1]);
  assert.deepEqual(engine.accepted, ['g1']);
});

test('what has gone from the log does not hold up the rest', async () => {
  const { github, engine, read } = stage();
  github.logs.set('app', ok([attempt(2, 1), attempt(1, 2)]));
  github.broken.set('g1', { kind: 'missing' });
  assert.equal((await read(10)).isComplete, true);
  assert.deepEqual(engine.accepted, ['g2']);
});

test('a delivery that shows a bug is told of and left out, and the others come', async () => {
  const { github, engine, read } = stage();
  github.logs.set('app', ok([attempt(2, 1), attempt(1, 2)]));
  const { delivery } = github.history;
  Object.assign(github.history, {
    delivery: async (hook: Hook, { guid }: DeliveryAttempt) =>
      guid === 'g1' ? assert.fail('a bug') : delivery(hook, attempt(2, 1)),
  });
  assert.equal((await read(10)).isComplete, true);
  assert.deepEqual(engine.accepted, ['g2']);
});

test('the hook of somebody else is left alone: most of what it delivered is not here', async () => {
  const { github, engine, read } = stage();
  github.logs.set('app', ok([attempt(4, 1), attempt(3, 2, true), attempt(2, 3, true), attempt(1, 4, true)]));
  engine.seen.add('g1');
  assert.equal((await read(10, false)).coveredSinceMs, null);
  assert.deepEqual(engine.accepted, []);
  engine.seen.add('g2');
  await read(10, false);
  assert.deepEqual(engine.accepted, ['g3', 'g4']);
});
