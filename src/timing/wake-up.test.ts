import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openWakeUp } from './wake-up.ts';

test('a wake-up ends the sleep, even if it came first; the next sleep is a new one', async () => {
  let sleeps = 0;
  const wakeUp = openWakeUp(async (_, signal) => {
    sleeps += 1;
    if (signal?.aborted) return;
    await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()));
  });
  const asleep = wakeUp.sleep(1000);
  wakeUp.wake();
  wakeUp.wake();
  await asleep;
  const again = wakeUp.sleep(1000);
  let isAwake = false;
  void again.then(() => {
    isAwake = true;
  });
  await new Promise(setImmediate);
  assert.equal(isAwake, false);
  wakeUp.wake();
  await again;
  wakeUp.wake();
  await wakeUp.sleep(1000);
  assert.equal(sleeps, 3);
});

test('a sleep without a wake-up ends after its time', async () => {
  const waits: number[] = [];
  await openWakeUp(async (ms) => void waits.push(ms)).sleep(1000);
  assert.deepEqual(waits, [1000]);
});
