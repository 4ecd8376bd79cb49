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
      async pushSnapshot(kind) {
        log.push(kind === 'otlp' ? 'otlp begins' : 'begins');
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
  snapshots.pushEvery({ exposition: 15_000, otlp: null });
  snapshots.pushEvery({ exposition: 15_000, otlp: null });
  assert.deepEqual(
    waits.map(({ ms }) => ms),
    [15_000],
  );
  await wake();
  assert.deepEqual(log, ['flush', 'begins', 'ends']);
  assert.equal(waits.length, 2);
  snapshots.pushEvery({ exposition: null, otlp: null });
  await wake();
  await snapshots.close();
  assert.deepEqual(log, ['flush', 'begins', 'ends', 'is over']);
});

test('a new interval does not start a snapshot while one is under way, and the final one comes last', async () => {
  const { snapshots, log, state, wake } = open();
  state.pushed = Promise.withResolvers();
  snapshots.pushEvery({ exposition: 15_000, otlp: null });
  await wake();
  snapshots.pushEvery({ exposition: 1000, otlp: null });
  await wake();
  const closed = snapshots.close();
  await new Promise(setImmediate);
  assert.deepEqual(log, ['flush', 'begins']);
  state.pushed.resolve();
  await closed;
  assert.deepEqual(log, ['flush', 'begins', 'ends', 'flush', 'begins', 'ends', 'is over']);
});

test('each kind has its interval, and a change of one leaves the other alone', async () => {
  const { snapshots, log, waits, wake } = open();
  snapshots.pushEvery({ exposition: 15_000, otlp: 60_000 });
  snapshots.pushEvery({ exposition: null, otlp: 60_000 });
  assert.deepEqual(
    waits.map(({ ms }) => ms),
    [15_000, 60_000],
  );
  await wake();
  await snapshots.close();
  assert.deepEqual(log, ['flush', 'otlp begins', 'ends', 'is over']);
});
