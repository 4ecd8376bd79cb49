import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeEngine, fakeGitHub, NOW, surroundings } from '../../test/fixtures/history.ts';
import { AntError } from '../domain/errors.ts';
import { type SyncLoop, startSyncLoop } from './sync-loop.ts';

const INTERVAL_MS = 900_000;

/** Recovery whose waits end after the test has seen so many of them. */
function start(
  over: object,
  waits: number,
): Promise<{ readonly recovery: SyncLoop; readonly waited: number[] }> {
  const waited: number[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const recovery = startSyncLoop({
    ...surroundings(),
    mode: 'recover',
    history: fakeGitHub().history,
    engine: fakeEngine(),
    intervalMs: INTERVAL_MS,
    endRequests: async () => {},
    async sleep(ms, signal) {
      waited.push(ms);
      if (waited.length < waits) return;
      resolve();
      await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()));
    },
    ...over,
  });
  return Promise.race([promise, recovery.failed]).then(() => ({ recovery, waited }));
}

test('passes repeat at the interval until the loop is closed', async () => {
  let ended = 0;
  const endRequests = async () => {
    ended += 1;
  };
  const { recovery, waited } = await start({ endRequests }, 3);
  assert.deepEqual(waited, [INTERVAL_MS, INTERVAL_MS, INTERVAL_MS]);
  await recovery.close();
  assert.equal(ended, 1);
});

test('while the store is unavailable recovery waits, and a bug ends it', async () => {
  const failing = (error: Error) => ({
    engine: { ...fakeEngine(), readMark: () => Promise.reject(error) },
    clock: () => NOW,
    steady: () => NOW,
  });
  const { recovery, waited } = await start(failing(new AntError('store_unavailable', 'no disk')), 2);
  assert.deepEqual(waited, [60_000, 60_000]);
  await recovery.close();
  await assert.rejects(start(failing(new TypeError('a bug')), 1), { message: 'a bug' });
});
