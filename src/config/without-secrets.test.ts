import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTemporaryFolder } from '../../test/temporary-folder.ts';
import { loadSettings } from './load-settings.ts';

function problemsOf(env: Record<string, string>, file = '{}'): [setting: string | undefined, what: string][] {
  using folder = openTemporaryFolder({ 'c.yaml': file, short: 'abc', empty: '' });
  const flags = ['--config', 'c.yaml'];
  const options = { flags, env, cwd: folder.path, forServing: true, withoutSecrets: true };
  const loaded = loadSettings(options);
  return 'problems' in loaded ? loaded.problems.map(({ setting, what }) => [setting, what]) : [];
}

test('without secrets nothing counts as missing: neither an unset, an unmounted nor a placeholder secret', () => {
  assert.deepEqual(problemsOf({}), []);
  assert.deepEqual(
    problemsOf(
      {
        ANT_WATCHER_WEBHOOK_SECRET_FILE: '/run/secrets/webhook',
        ANT_WATCHER_GITHUB_APP_ID: '1234',
        ANT_WATCHER_GITHUB_APP_PRIVATE_KEY_FILE: '/run/secrets/app.pem',
        ANT_WATCHER_GITHUB_REPOSITORIES: 'octo/*',
        ANT_WATCHER_PUSH_URL: 'http://ant:<secret>@vm:8428',
      },
      'push:\n  headers: <secret>\napi:\n  tokens: [<secret>]\n',
    ),
    [],
  );
  const sink = '{ url: "http://ant:<secret>@vm:8428", headers: { X-Scope-OrgID: <secret> } }';
  const other = '{ url: "http://vm", token_file: /run/secrets/vm }';
  assert.deepEqual(problemsOf({}, `sinks: [${sink}, ${other}]`), []);
  assert.deepEqual(problemsOf({ ANT_WATCHER_SINKS_FILE: '/run/secrets/sinks' }), []);
  assert.deepEqual(problemsOf({ ANT_WATCHER_GITHUB_APP_ID: '1234' }), []);
  assert.deepEqual(problemsOf({ ANT_WATCHER_GITHUB_REPOSITORIES: 'octo/*' }), []);
});

test('secrets that are present are still checked', () => {
  const settings = (env: Record<string, string>, file?: string) =>
    problemsOf(env, file).map(([setting]) => setting);
  assert.deepEqual(settings({ ANT_WATCHER_WEBHOOK_PORT: 'x' }), ['webhook.port']);
  assert.deepEqual(settings({ ANT_WATCHER_WEBHOOK_SECRET_FILE: 'empty' }), ['webhook.secret']);
  assert.deepEqual(settings({ ANT_WATCHER_WEBHOOK_SECRET_FILE: 'short' }), ['webhook.secret']);
  assert.deepEqual(settings({ ANT_WATCHER_API_PORT: '8080' }), ['api.port']);
  assert.deepEqual(settings({ ANT_WATCHER_PUSH_URL: 'http://a/api/v1/write' }), ['push.url']);
  assert.deepEqual(settings({}, 'api:\n  tls_cert_file: a.pem\n'), ['api.tls_key_file']);
  assert.deepEqual(settings({}, 'sinks: [{ url: vm, token: <secret> }]'), ['sinks[0].url']);
});
