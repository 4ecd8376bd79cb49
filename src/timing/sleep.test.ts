import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { openWakeableSleep, sleep } from './sleep.ts';

test('a sleep ends after its time', async () => {
  const sinceMs = performance.now();
  await sleep(20);
  // Timers may fire a millisecond early by this clock.
  assert.ok(performance.now() - sinceMs >= 18);
});

test('a sleep ends early, without an error, when its signal is aborted before or meanwhile', async () => {
  const controller = new AbortController();
  const asleep = sleep(3_600_000, controller.signal);
  controller.abort();
  await asleep;
  await sleep(3_600_000, controller.signal);
});

test('a sleep leaves no listener on its signal', async () => {
  const { signal } = new AbortController();
  await sleep(1, signal);
  assert.deepEqual(getEventListeners(signal, 'abort'), []);
});

test('a sleep longer than a timer can be does not end at once', async (context) => {
  const warned: unknown[] = [];
  const warn = (warning: unknown) => void warned.push(warning);
  process.on('warning', warn);
  context.after(() => process.off('warning', warn));
  const controller = new AbortController();
  let isOver = false;
  const asleep = sleep(2 ** 40, controller.signal).then(() => {
    isOver = true;
  });
  await sleep(20);
  assert.equal(isOver, false);
  controller.abort();
  await asleep;
  assert.deepEqual(warned, []);
});

test('a sleep that can be woken ends when it is, and the next one sleeps again', async () => {
  const { sleep: wakeable, wake } = openWakeableSleep();
  const controller = new AbortController();
  const first = wakeable(3_600_000, controller.signal);
  wake();
  await first;
  let isOver = false;
  const second = wakeable(3_600_000, controller.signal).then(() => {
    isOver = true;
  });
  await sleep(20);
  assert.equal(isOver, false);
  controller.abort();
  await second;
});
