import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LoadOptions, loadSettings } from './load-settings.ts';
import { type ConfigProblem, formatProblems } from './problem.ts';
import type { Settings } from './settings.ts';

function load(options: Partial<LoadOptions>): { settings?: Settings; problems: readonly ConfigProblem[] } {
  const loaded = loadSettings({ flags: [], env: {}, cwd: '/nonexistent', forServing: false, ...options });
  return 'problems' in loaded ? loaded : { settings: loaded.settings, problems: [] };
}

test('a certificate needs its key, and a key its certificate', () => {
  for (const [given, missing] of [
    ['cert', 'key'],
    ['key', 'cert'],
  ]) {
    const { problems } = load({ flags: [`--api.tls-${given}-file`, 'x.pem'] });
    assert.deepEqual(
      problems.map(({ setting, where, what }) => [setting, where, what]),
      [
        [
          `api.tls_${missing}_file`,
          `ANT_WATCHER_API_TLS_${missing?.toUpperCase()}_FILE`,
          `is not set, and api.tls_${given}_file is`,
        ],
      ],
    );
  }
  assert.deepEqual(load({ flags: ['--api.tls-cert-file', 'x', '--api.tls-key-file', 'y'] }).problems, []);
});

test('users need passwords, and only known areas can be public', () => {
  const settings = load({
    env: { ANT_WATCHER_API_BASIC_AUTH: 'a:b:c\nd:e', ANT_WATCHER_API_PUBLIC: 'page, metrics' },
  }).settings;
  assert.deepEqual(settings?.api.basicAuths, ['a:b:c', 'd:e']);
  assert.deepEqual(settings?.api.public, ['page', 'metrics']);
  for (const text of ['user', ':password', 'user:', 'a:b\nc']) {
    const { problems } = load({ env: { ANT_WATCHER_API_BASIC_AUTH: text } });
    assert.deepEqual(
      problems.map(({ setting }) => setting),
      ['api.basic_auth'],
    );
    assert.doesNotMatch(formatProblems(problems), /not "/);
  }
  assert.equal(load({ env: { ANT_WATCHER_API_PUBLIC: 'metrics, all' } }).problems[0]?.setting, 'api.public');
});
