import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LEADS } from '../../test/fixtures/lead.ts';
import type { Sleep } from '../timing/sleep.ts';
import { openSnapshots } from './snapshots.ts';

/** Snapshots that take as long as the test wants, on a clock that it controls. */
function open() {
  const log: string[] = [];
  const waits: { readonly ms: number; readonly end: () => void }[] = [];
  const sleep: Sleep = (ms, signal) =>
    new Promise((end) => {
      waits.push({ ms, end });
      signal?.addEventListener('abort', () => end());
    });
  const state = { pushed: Promise.withResolvers<void>() };
  state.pushed.resolve();
  const snapshots = openSnapshots({
    engine: {
      async pushSnapshot() {
        log.push('begins');
        await state.pushed.promise;
        log.push('ends');
      },
      endSnapshots: async () => void log.push('is over'),
    },
    meter: { flush: async () => void log.push('flush') },
    lead: LEADS,
    readings: () => [],
    sleep,
  });
  /** Lets the last wait end, with everything that follows from it. */
  async function wake(): Promise<void> {
    waits.at(-1)?.end();
    await new Promise(setImmediate);
  }
  return { snapshots, log, waits, state, wake };
}

test('snapshots are pushed at their interval, each with the counts until then', async () => {
  const { snapshots, log, waits, wake } = open();
  snapshots.pushEvery(15_000);
  snapshots.pushEvery(15_000);
  assert.deepEqual(
    waits.map(({ ms }) => ms),
    [15_000],
  );
  await wake();
  assert.deepEqual(log, ['flush', 'begins', 'ends']);
  assert.equal(waits.length, 2);
  snapshots.pushEvery(null);
  await wake();
  await snapshots.close();
  assert.deepEqual(log, ['flush', 'begins', 'ends', 'is over']);
});

test('a new interval does not start a snapshot while one is under way, and the final one comes last', async () => {
  const { snapshots, log, state, wake } = open();
  state.pushed = Promise.withResolvers();
  snapshots.pushEvery(15_000);
  await wake();
  snapshots.pushEvery(1000);
  await wake();
  const closed = snapshots.close();
  await new Promise(setImmediate);
  assert.deepEqual(log, ['flush', 'begins']);
  state.pushed.resolve();
  await closed;
  assert.deepEqual(log, ['flush', 'begins', 'ends', 'flush', 'begins', 'ends', 'is over']);
});
