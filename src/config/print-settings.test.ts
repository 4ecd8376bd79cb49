import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTemporaryFolder } from '../../test/temporary-folder.ts';
import { loadSettings } from './load-settings.ts';
import { printSettings } from './print-settings.ts';

test('what is printed is a configuration file with the same meaning', () => {
  const flags = [
    '--webhook.path',
    '/a:b',
    '--storage.url=memory:',
    '--webhook.host',
    '::1',
    '--shutdown.grace=1m30s',
  ];
  const first = loadSettings({ flags, env: {}, cwd: '/nonexistent', forServing: false });
  assert.ok('settings' in first);
  using folder = openTemporaryFolder({ 'c.yaml': printSettings(first.origins) });
  const second = loadSettings({
    flags: ['--config', 'c.yaml'],
    env: {},
    cwd: folder.path,
    forServing: false,
  });
  assert.ok('settings' in second, JSON.stringify(second));
  assert.deepEqual(second.settings, first.settings);
});

test('each value is printed with where it comes from, secrets as a placeholder', () => {
  using folder = openTemporaryFolder({ tokens: 'hunter2\nhunter3\n', 'c.yaml': 'log:\n  level: warn\n' });
  const env = {
    ANT_WATCHER_WEBHOOK_SECRET: 'hunter1',
    ANT_WATCHER_API_TOKENS_FILE: 'tokens',
    ANT_WATCHER_API_PORT: '1',
    ANT_WATCHER_STORAGE_URL: 'sqlite:ghp_hunter2hunter2',
  };
  const loaded = loadSettings({ flags: ['--config', 'c.yaml'], env, cwd: folder.path, forServing: false });
  assert.ok('settings' in loaded);
  const printed = printSettings(loaded.origins);
  for (const line of [
    '  secret: <secret> # ANT_WATCHER_WEBHOOK_SECRET',
    '  tokens: <secret> # ANT_WATCHER_API_TOKENS_FILE',
    '  port: 1 # ANT_WATCHER_API_PORT',
    '  level: warn # c.yaml line 2',
    '  port: 8080 # default',
  ]) {
    assert.ok(printed.split('\n').includes(line), line);
  }
  assert.doesNotMatch(printed, /hunter/);
});

test('secrets in addresses are not printed, and settings that are written alike are', () => {
  const env = {
    ANT_WATCHER_PUSH_URL: 'token=http://u:hunter2@x?key=hunter3',
    ANT_WATCHER_PUSH_EXTRA_LABELS: 'site_key=ants',
    ANT_WATCHER_PRICES_RULES: 'gpu-key=linux_4_core_gpu, self-hosted=self_hosted:0.002',
    ANT_WATCHER_METRICS_BRANCH_GROUPS: 'key=release/*,v*; hotfix=hotfix/**',
    ANT_WATCHER_METRICS_LABEL_POLICY: 'jobs_total: -job_name',
  };
  const loaded = loadSettings({ flags: [], env, cwd: '/nonexistent', forServing: false });
  assert.ok('settings' in loaded, JSON.stringify(loaded));
  const printed = printSettings(loaded.origins);
  assert.ok(printed.includes('url: token=http://<secret>@x?key=<secret> # ANT_WATCHER_PUSH_URL'), printed);
  for (const value of Object.values(env).slice(1)) assert.ok(printed.includes(value), value);
});
