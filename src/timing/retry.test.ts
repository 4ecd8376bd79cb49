import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AntError } from '../domain/errors.ts';
import { retryWhileUnavailable, unlessUnavailable } from './retry.ts';

const FULL = new AntError('store_unavailable', 'the disk is full');
const WRONG = new AntError('config_invalid', 'not a port');

/** Work that fails so many times before it succeeds. */
function failing(times: number, error: Error) {
  let attempts = 0;
  return async () => {
    attempts += 1;
    if (attempts <= times) throw error;
    return attempts;
  };
}

test('work is retried while the store is unavailable, at growing intervals', async () => {
  const waits: number[] = [];
  const failures: unknown[] = [];
  const attempts = await retryWhileUnavailable(failing(8, FULL), {
    onFailure: (...failure) => failures.push(failure),
    signal: new AbortController().signal,
    sleep: async (ms) => void waits.push(ms),
  });
  assert.equal(attempts, 9);
  assert.deepEqual(waits, [1000, 2000, 4000, 4000, 4000, 4000, 4000, 4000]);
  assert.deepEqual(failures.slice(0, 2), [
    [FULL, 1, 1000],
    [FULL, 2, 2000],
  ]);
});

test('once stopped, failing work is not retried', async () => {
  const stop = new AbortController();
  const options = { onFailure() {}, signal: stop.signal };
  const sleep = async () => stop.abort();
  assert.equal(await retryWhileUnavailable(failing(2, FULL), { ...options, sleep }), null);
  assert.equal(await retryWhileUnavailable(failing(1, FULL), options), null);
  assert.equal(await retryWhileUnavailable(failing(0, FULL), options), 1);
});

test('an error that waiting cannot fix is thrown', async () => {
  for (const error of [WRONG, new TypeError('a bug')]) {
    const options = { onFailure: () => assert.fail(), signal: new AbortController().signal };
    await assert.rejects(retryWhileUnavailable(failing(1, error), options), error);
    await assert.rejects(
      unlessUnavailable(failing(1, error), () => assert.fail()),
      error,
    );
  }
});

test('while the store is unavailable a fallback is used', async () => {
  const instead = (error: AntError) => (error === FULL ? -1 : assert.fail());
  assert.equal(await unlessUnavailable(failing(1, FULL), instead), -1);
  assert.equal(await unlessUnavailable(failing(0, FULL), instead), 1);
});
