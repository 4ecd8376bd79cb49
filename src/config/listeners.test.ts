import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listenerProblems } from './listeners.ts';
import { loadSettings } from './load-settings.ts';

function isTaken(webhook: string, api: string, ports = [8080, 8080]): boolean {
  const [webhookPort = 0, apiPort = 0] = ports;
  const listeners = { webhook: { host: webhook, port: webhookPort }, api: { host: api, port: apiPort } };
  return listenerProblems(listeners).length > 0;
}

test('two listeners on one port are refused if their addresses overlap', () => {
  for (const [one, other] of [
    ['127.0.0.1', '127.0.0.1'],
    ['0.0.0.0', '127.0.0.1'],
    ['::', '127.0.0.1'],
    ['::', '::1'],
    ['0.0.0.0', '::'],
    ['0.0.0.0', 'localhost'],
    ['0.0.0.0', 'ants.example.com'],
    ['localhost', '127.0.0.1'],
    ['::1', '0:0:0:0:0:0:0:1'],
    ['::ffff:127.0.0.1', '127.0.0.1'],
    ['Ants.example.com.', 'ants.example.com'],
  ] as const) {
    assert.ok(isTaken(one, other), `${one} ${other}`);
    assert.ok(isTaken(other, one), `${other} ${one}`);
    assert.ok(!isTaken(one, other, [8080, 9876]));
    assert.ok(!isTaken(one, other, [0, 0]));
  }
  for (const [one, other] of [
    ['127.0.0.1', '127.0.0.2'],
    ['0.0.0.0', '::1'],
    ['127.0.0.1', '::1'],
    ['a.example.com', 'b.example.com'],
  ] as const)
    assert.ok(!isTaken(one, other) && !isTaken(other, one), `${one} ${other}`);
});

test('the problem is reported where the port was set; without webhooks there is no webhook listener', () => {
  const load = (env: Record<string, string>) =>
    loadSettings({ flags: ['--api.port', '8080'], env, cwd: '/nonexistent', forServing: true });
  const refused = load({ ANT_WATCHER_WEBHOOK_SECRET: 'a-secret-of-some-length' });
  assert.ok('problems' in refused);
  assert.deepEqual(
    refused.problems.map(({ setting, where }) => [setting, where]),
    [['api.port', '--api.port']],
  );
  const polling = { ANT_WATCHER_GITHUB_TOKEN: 'ghp_x', ANT_WATCHER_GITHUB_REPOSITORIES: 'o/r' };
  assert.ok('settings' in load(polling));
});
