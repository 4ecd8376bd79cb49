import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeEngine, fakeGitHub, HOUR_MS, NOW, surroundings } from '../../test/fixtures/history.ts';
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

test('no pass begins until GitHub confirms what time it is, and then nothing is missed since the start', async () => {
  const engine = fakeEngine();
  let [steadyMs, correctedMs] = [500, 0];
  const answers = [false, false, true];
  const confirmTime = async () => {
    steadyMs += 60_000;
    correctedMs = answers[0] ? 7 * HOUR_MS : 0;
    return answers.shift() ?? true;
  };
  const times = { steady: () => steadyMs, clock: () => NOW + steadyMs - 500 + correctedMs };
  const { recovery, waited } = await start({ engine, confirmTime, ...times }, 3);
  assert.deepEqual(waited, [10_000, 10_000, INTERVAL_MS]);
  assert.equal(engine.checkpoints.get('recovery/begin'), NOW + 7 * HOUR_MS);
  assert.equal(engine.checkpoints.get('recovery/pass'), NOW + 7 * HOUR_MS);
  await recovery.close();
  assert.equal(await marksOf({ confirmTime: async () => false }), 0);
});

/** How many marks a loop has set that waits for the second time. */
async function marksOf(over: object): Promise<number> {
  const engine = fakeEngine();
  const { recovery } = await start({ engine, ...over }, 2);
  await recovery.close();
  return engine.checkpoints.size;
}

test('a loop that is woken recovers, or polls everything, at once', async () => {
  for (const mode of ['recover', 'poll'] as const) {
    const polls: string[] = [];
    const { history } = fakeGitHub();
    const runs: typeof history.runs = (...values) => {
      polls.push(values[0]);
      return history.runs(...values);
    };
    const patterns = [{ owner: 'o', name: 'r' }];
    const engine = fakeEngine();
    engine.checkpoints.set('recovery/pass', NOW - 60_000);
    const over = { mode, engine, patterns, history: { ...history, runs } };
    const { recovery, waited } = await start(over, 1);
    const before = polls.length;
    recovery.wake();
    while (waited.length < 2) await new Promise(setImmediate);
    assert.equal(polls.length, before + 1, mode);
    await recovery.close();
  }
});
