import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ARC } from './arc.ts';
import { CPANATO } from './cpanato.ts';
import { LIVE_ACTIONS } from './live-actions.ts';
import type { OldExporter } from './old-exporter.ts';
import { PROMHIPPIE } from './promhippie.ts';
import { translate } from './translate.ts';

/** The settings that are on, and the remarks. */
function settingsFor(exporter: OldExporter, found: Readonly<Record<string, string>>) {
  const values = Object.entries(found).map(([name, value]) => ({ name, value, from: 'x' }));
  const { settings, remarks } = translate(exporter, values);
  const on = settings.filter(({ isOff }) => !isOff);
  return { settings: Object.fromEntries(on.map(({ key, text }) => [key, text])), remarks };
}

test('ARC: Enterprise Server, an App with its key in a file, addresses', () => {
  const { settings, remarks } = settingsFor(ARC, {
    GITHUB_WEBHOOK_SECRET_TOKEN: 'a secret',
    GITHUB_URL: 'https://proxy.example.com/api/v3',
    GITHUB_ENTERPRISE_URL: 'https://github.example.com/',
    GITHUB_APP_ID: '7',
    GITHUB_APP_INSTALLATION_ID: '8',
    GITHUB_APP_PRIVATE_KEY: '/keys/app.pem',
    '--webhook-addr': '0.0.0.0:9000',
    '--metrics-addr': '127.0.0.1:9001',
  });
  assert.deepEqual(settings, {
    'webhook.path': '*',
    'webhook.secret_file': '/etc/ant-watcher/webhook-secret',
    'webhook.host': '0.0.0.0',
    'webhook.port': '9000',
    'api.host': '127.0.0.1',
    'api.port': '9001',
    'github.api_url': 'https://github.example.com/',
    'github.app_id': '7',
    'github.app_private_key_file': '/keys/app.pem',
  });
  assert.deepEqual(remarks, [
    'GITHUB_APP_INSTALLATION_ID: ant-watcher finds the installations of the App itself',
  ]);
});

test('cpanato: the path of its hook is added to ours, and its organization is that of the bill', () => {
  const { settings, remarks } = settingsFor(CPANATO, {
    '--web.gh-webhook-path': '/hook',
    GITHUB_API_TOKEN: 'a token',
    GITHUB_ORG: 'octo',
    '--web.telemetry-path': '/numbers',
  });
  assert.deepEqual(settings, {
    'webhook.path': '/webhook, /hook',
    'webhook.port': '8065',
    'api.port': '9101',
    'github.token_file': '/etc/ant-watcher/github-token',
    'github.billing': 'octo',
  });
  assert.deepEqual(remarks, ['--web.telemetry-path: the path is always /metrics']);
});

test('what needs a login to GitHub is left out and named where there is none', () => {
  const { settings, remarks } = settingsFor(CPANATO, { GITHUB_ORG: 'octo' });
  assert.equal(settings['github.billing'], undefined);
  assert.deepEqual(remarks, ['GITHUB_ORG (x): github.billing needs a login to GitHub, and there is none']);
});

test('promhippie: a token in a file, a key in base64, and collectors that are off', () => {
  const { settings, remarks } = settingsFor(PROMHIPPIE, {
    GITHUB_EXPORTER_TOKEN: 'file:///run/token',
    GITHUB_EXPORTER_APP_ID: '52',
    GITHUB_EXPORTER_PRIVATE_KEY: 'base64://LS0t',
    GITHUB_EXPORTER_REPOS: 'octo/*,ants/hill',
    GITHUB_EXPORTER_ENTERPRISE: 'octo-corp',
    GITHUB_EXPORTER_COLLECTOR_ADMIN: 'false',
    GITHUB_EXPORTER_COLLECTOR_ORGS: 'true',
    GITHUB_EXPORTER_LOG_PRETTY: 'true',
  });
  assert.deepEqual(settings, {
    'webhook.path': '/webhook, /github',
    'webhook.port': '9504',
    'github.token_file': '/run/token',
    'github.app_id': '52',
    'github.app_private_key_file': '/etc/ant-watcher/github-app-private-key',
    'github.repositories': 'octo/*,ants/hill',
    'github.enterprises': 'octo-corp',
    'log.format': 'text',
  });
  assert.deepEqual(remarks, [
    'GITHUB_EXPORTER_COLLECTOR_ORGS: ant-watcher reads Actions only; keep the exporter for it',
  ]);
});

test('live-actions: its retention, and a port that both listeners had', () => {
  const { settings, remarks } = settingsFor(LIVE_ACTIONS, {
    WEBHOOK_SECRET: 'x',
    PORT: '9876',
    DATA_RETENTION_DAYS: '90',
  });
  assert.deepEqual(settings, {
    'webhook.path': '/webhook',
    'webhook.secret_file': '/etc/ant-watcher/webhook-secret',
    'webhook.port': '9876',
    'api.port': '9877',
    'storage.retention': '90d',
  });
  assert.deepEqual(remarks, []);
});

test('a secret is a file to write, with where its value is', () => {
  const value = { at: 'key k of the Secret s', isOptional: true };
  const { settings } = translate(CPANATO, [
    { name: 'GITHUB_WEBHOOK_TOKEN', value: 'hush', from: '.env line 1' },
    { name: 'GITHUB_API_TOKEN', value, from: 'v.yaml' },
  ]);
  const abouts = settings
    .filter(({ key }) => key.endsWith('_file'))
    .map(({ about, isOff }) => [about, isOff]);
  assert.deepEqual(abouts, [
    [
      'write this file: the value of GITHUB_WEBHOOK_TOKEN (.env line 1). In place of this line, ANT_WATCHER_WEBHOOK_SECRET_FILE can name it',
      false,
    ],
    [
      'if there is one, write this file: GITHUB_API_TOKEN, key k of the Secret s (v.yaml). In place of this line, ANT_WATCHER_GITHUB_TOKEN_FILE can name it',
      true,
    ],
  ]);
});

test('a value that we refuse is named, without the value; so is an unknown setting', () => {
  const { settings, remarks } = settingsFor(ARC, {
    GITHUB_URL: 'https://user:pass-word@ghe.example.com',
    GITHUB_TOKN: 'a-token',
  });
  assert.equal(settings['github.api_url'], undefined);
  assert.deepEqual(remarks, [
    'GITHUB_TOKN (x): no setting of that exporter; did you mean GITHUB_TOKEN?',
    "GITHUB_URL: github.api_url can't take its value (must be the https:// URL of GitHub, of Enterprise Server or of their API)",
  ]);
});

test('a number that is in a Secret is not invented, and a secret that nobody named is asked for', () => {
  const value = { at: 'key id of the Secret gh', isOptional: false };
  const { settings } = translate(ARC, [{ name: 'GITHUB_APP_ID', value, from: 'x' }]);
  const off = settings.filter(({ isOff }) => isOff).map(({ key, about }) => [key, about]);
  assert.deepEqual(off, [
    [
      'github.app_id',
      'GITHUB_APP_ID, key id of the Secret gh: write it here, or set ANT_WATCHER_GITHUB_APP_ID',
    ],
    [
      'webhook.secret_file',
      'GITHUB_WEBHOOK_SECRET_TOKEN was not found: write this file, with the secret of the webhook',
    ],
  ]);
});
