import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freePort } from './free-port.ts';
import { startAntWatcher } from './run-ant-watcher.ts';
import { startService } from './service.ts';

async function health(args: readonly string[], env: Readonly<Record<string, string>>) {
  using started = startAntWatcher(['health', ...args], { env });
  const { code, stdout, stderr } = await started.ended();
  return [code, stdout, stderr];
}

test('health asks the service with the same settings, whatever address it listens on, and needs no token', async () => {
  for (const [host, shown] of [
    ['127.0.0.1', '127.0.0.1'],
    ['::1', '[::1]'],
  ] as const) {
    const env = {
      ANT_WATCHER_API_HOST: host,
      ANT_WATCHER_API_PORT: String(await freePort()),
      ANT_WATCHER_API_TOKENS: 'a-token-of-at-least-16-bytes',
    };
    const url = `http://${shown}:${env.ANT_WATCHER_API_PORT}`;
    assert.deepEqual(await health([], env), [1, `not ok: no answer from ${url}/readyz (ECONNREFUSED)\n`, '']);
    await using service = await startService({ env });
    assert.deepEqual(await health([], env), [0, `ok: ${url}/readyz\n`, '']);
    assert.deepEqual(await health(['--live'], env), [0, `ok: ${url}/livez\n`, '']);
    assert.deepEqual(await health(['--url', url], {}), [0, `ok: ${url}/readyz\n`, '']);
    await service.stop();
  }
});

test('a wrong command line or configuration ends health with 2', async () => {
  for (const args of [
    ['--url', 'x'],
    ['--api.port', 'x'],
    ['--api.port', '0'],
  ]) {
    const [code, stdout, stderr] = await health(args, {});
    assert.deepEqual([code, stdout], [2, ''], String(stderr));
  }
});
