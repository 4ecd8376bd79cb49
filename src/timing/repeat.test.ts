import assert from 'node:assert/strict';
import { test } from 'node:test';
import { repeat, repeatEvery } from './repeat.ts';
import type { Sleep } from './sleep.ts';

/** A clock that only sleeping advances; it sleeps so many times, and then until the signal is aborted. */
function fakeTime(sleeps: number) {
  const waits: number[] = [];
  const over = Promise.withResolvers<void>();
  const time = { nowMs: 0 };
  const sleep: Sleep = async (ms, signal) => {
    waits.push(ms);
    if (waits.length <= sleeps) {
      time.nowMs += ms;
      return;
    }
    over.resolve();
    await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()));
  };
  return { time, waits, sleep, over: over.promise, monotonic: () => time.nowMs };
}

test('a step returns the time to the next call, which may be zero', async () => {
  const { waits, sleep, over } = fakeTime(2);
  const next = [5, 0, 7, 9];
  const loop = repeat(async () => next.shift() ?? assert.fail(), { sleep });
  await over;
  assert.deepEqual(waits, [5, 7, 9]);
  await loop.close();
  assert.deepEqual(next, []);
});

test('a task runs at a fixed rate, however long it takes', async () => {
  const { time, waits, ...options } = fakeTime(4);
  const startedAtMs: number[] = [];
  const durations = [0, 40, 250, 100];
  const loop = repeatEvery(
    100,
    async () => {
      startedAtMs.push(time.nowMs);
      time.nowMs += durations.shift() ?? 0;
    },
    options,
  );
  await options.over;
  await loop.close();
  assert.deepEqual(startedAtMs, [100, 200, 300, 600]);
});

test('a task can begin at once', async () => {
  const { sleep, over, waits } = fakeTime(0);
  let runs = 0;
  const task = async () => {
    runs += 1;
  };
  const loop = repeatEvery(100, task, { firstAfterMs: 0, sleep, monotonic: () => 0 });
  await over;
  await loop.close();
  assert.deepEqual([runs, waits], [1, [100]]);
});

test('closing waits for the task under way, and none begins after it', async () => {
  const [begun, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let steps = 0;
  const loop = repeat(async () => {
    steps += 1;
    begun.resolve();
    await release.promise;
    return 0;
  });
  await begun.promise;
  let isClosed = false;
  const closed = loop.close().then(() => {
    isClosed = true;
  });
  await new Promise(setImmediate);
  assert.equal(isClosed, false);
  release.resolve();
  await closed;
  await new Promise(setImmediate);
  assert.equal(steps, 1);
});

test('a repetition closed before its first time never begins', async () => {
  const loop = repeatEvery(1, () => assert.fail());
  await loop.close();
  await new Promise((resolve) => setTimeout(resolve, 10));
});

test('an exception in a step ends the repetition, which can still be closed', async () => {
  let steps = 0;
  const loop = repeat(async () => {
    steps += 1;
    throw new TypeError('a bug');
  });
  await assert.rejects(loop.failed, /a bug/);
  await loop.close();
  assert.equal(steps, 1);
});

test('an exception after the close is thrown to the caller of close', async () => {
  const begun = Promise.withResolvers<void>();
  const closing = new AbortController();
  const loop = repeat(
    async () => {
      begun.resolve();
      await new Promise((resolve) => closing.signal.addEventListener('abort', resolve));
      throw new TypeError('a bug');
    },
    { closing },
  );
  await begun.promise;
  await assert.rejects(loop.close(), /a bug/);
});
