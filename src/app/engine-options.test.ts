import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadSettings } from '../config/load-settings.ts';
import { engineOptions } from './engine-options.ts';

const MEBIBYTE = 1024 ** 2;

function optionsFor(env: Readonly<Record<string, string>>) {
  const loaded = loadSettings({ flags: [], env, cwd: '/nonexistent', forServing: false });
  assert.ok('settings' in loaded);
  return engineOptions(loaded.settings, { version: '0', limitBytes: 300 * MEBIBYTE });
}

test('a store in memory gets a share of the memory, and waiting samples get a share of that', () => {
  const { memory, push } = optionsFor({ ANT_WATCHER_STORAGE_URL: 'memory:' });
  assert.equal(memory.storeBytes, 100 * MEBIBYTE);
  assert.equal(push.maxSizeBytes, 50 * MEBIBYTE);
  const small = { ANT_WATCHER_STORAGE_URL: 'memory:', ANT_WATCHER_PUSH_MAX_SIZE: '10MiB' };
  assert.equal(optionsFor(small).push.maxSizeBytes, 10 * MEBIBYTE);
});

test('a store in a file has no memory limit, and forgets after its retention', () => {
  const { memory, push, retentionMs } = optionsFor({ ANT_WATCHER_STORAGE_RETENTION: '40d' });
  assert.equal(memory.storeBytes, null);
  assert.ok(push.maxSizeBytes > 100 * MEBIBYTE);
  assert.equal(retentionMs, 40 * 24 * 3_600_000);
});
