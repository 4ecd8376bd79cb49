import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempDisposableSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  apiUrl,
  appId,
  enterprises,
  githubProblems,
  owners,
  privateKey,
  repositories,
} from './github-settings.ts';
import { loadSettings } from './load-settings.ts';
import { secretText } from './secrets.ts';

const { privateKey: KEY } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const PEM = KEY.export({ type: 'pkcs1', format: 'pem' }).toString();

test('the URL is completed, and an invalid one is explained', () => {
  assert.equal(apiUrl().read(['https://github.example.com']), 'https://github.example.com/api/v3');
  assert.equal(apiUrl().read(['http://github.example.com']), undefined);
  assert.match(apiUrl().advise?.('http://github.example.com') ?? '', /^it must begin with https/);
});

test('a private key keeps its lines, however they are separated', () => {
  const pkcs8 = KEY.export({ type: 'pkcs8', format: 'pem' }).toString();
  for (const pem of [PEM, pkcs8]) {
    assert.equal(privateKey().read([pem]), pem);
    assert.equal(privateKey().read([`\n${pem.trim()}  `]), pem);
    assert.equal(privateKey().read([pem.trim().replaceAll('\n', '\\n')]), pem);
  }
  assert.equal(privateKey().read([]), null);
  for (const text of ['<secret>', 'x', PEM.slice(0, 200)])
    assert.equal(privateKey().read([text]), undefined, text.slice(0, 20));
});

test('a token is one line of text', () => {
  assert.equal(secretText().read(['ghp_x\n']), 'ghp_x');
  assert.equal(secretText().read([]), null);
  for (const text of ['a\nb', 'a b', 'é', '<secret>'])
    assert.equal(secretText().read([text]), undefined, text);
  for (const [text, hint] of [
    ['Bearer ghp_x', /without the word Bearer/],
    ['token ghp_x', /without the word Bearer/],
    ['"ghp_x"', /without quotes/],
    ['ghp_x\nghp_y', /more than the token/],
  ] as const) {
    assert.equal(secretText().read([text]), undefined, text);
    assert.match(secretText().advise?.(text) ?? '', hint);
  }
});

test('an App id can be a number or a client id', () => {
  for (const text of ['', '12', 'Iv1.8a61f9b3a7aba766', 'Iv23liAbCdEfGhIjKlMn'])
    assert.equal(appId().read([text]), text);
  for (const text of ['my-app', '-1', 'Iv']) assert.equal(appId().read([text]), undefined, text);
});

test('repositories are listed one by one or by owner', () => {
  assert.deepEqual(repositories().read(['octo/*, ants/hill.js', 'a_b/-']), [
    { owner: 'octo', name: null },
    { owner: 'ants', name: 'hill.js' },
    { owner: 'a_b', name: '-' },
  ]);
  assert.deepEqual(repositories().read(['']), []);
  for (const text of ['octo', 'octo/', '*/*', 'octo/a*', 'octo/..', 'a/b/c', 'https://github.com/a/b'])
    assert.equal(repositories().read([text]), undefined, text);
  assert.equal(repositories().advise?.('octo'), 'write octo/* for all of them');
});

test('enterprises are named as in the address of their page, and owners of bills with what they are', () => {
  assert.deepEqual(enterprises().read(['octo-corp, acme']), ['octo-corp', 'acme']);
  for (const text of ['enterprises/corp', 'a b', '..', 'octo/*'])
    assert.equal(enterprises().read([text]), undefined, text);
  assert.deepEqual(owners().read(['octo, enterprises/octo-corp']), ['octo', 'enterprises/octo-corp']);
  for (const text of ['octo/ants', 'enterprises/', 'enterprises/a/b', 'octo/*'])
    assert.equal(owners().read([text]), undefined, text);
});

test('settings that require each other are separate problems', () => {
  const none = {
    token: null,
    appId: '',
    appPrivateKey: null,
    repositories: [],
    enterprises: [],
    billing: [],
  };
  const settingsOf = (github: Partial<Parameters<typeof githubProblems>[0]>) =>
    githubProblems({ ...none, ...github }).map(({ setting }) => setting);
  const of = [{ owner: 'octo', name: null }];
  assert.deepEqual(settingsOf({}), []);
  assert.deepEqual(settingsOf({ token: 'x', repositories: of }), []);
  assert.deepEqual(settingsOf({ appId: '1', appPrivateKey: PEM, repositories: of }), []);
  assert.deepEqual(settingsOf({ enterprises: ['corp'], billing: ['octo'] }), [
    'github.enterprises',
    'github.billing',
  ]);
  assert.deepEqual(settingsOf({ appId: '1' }), ['github.app_private_key']);
  assert.deepEqual(settingsOf({ appPrivateKey: PEM }), ['github.app_id']);
  assert.deepEqual(settingsOf({ repositories: of }), ['github.repositories']);
});

test('a key can come from a variable, from the file that one names, or from a configuration file', () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'ant-watcher-'));
  const at = (name: string) => join(folder.path, name);
  writeFileSync(at('key.pem'), PEM);
  writeFileSync(at('c.json'), JSON.stringify({ github: { app_private_key: PEM, app_id: 12 } }));
  const block = PEM.replaceAll(/^(?=.)/gm, '    ');
  writeFileSync(at('c.yaml'), `github:\n  app_id: 12\n  app_private_key: |\n${block}`);
  const id = { ANT_WATCHER_GITHUB_APP_ID: '12' };
  for (const [flags, env] of [
    [[], { ...id, ANT_WATCHER_GITHUB_APP_PRIVATE_KEY: PEM.replaceAll('\n', '\\n') }],
    [[], { ...id, ANT_WATCHER_GITHUB_APP_PRIVATE_KEY_FILE: 'key.pem' }],
    [['--config', 'c.json'], {}],
    [['--config', 'c.yaml'], {}],
  ] as const) {
    const loaded = loadSettings({ flags, env, cwd: folder.path, forServing: false });
    assert.ok('settings' in loaded, JSON.stringify(loaded));
    assert.equal(loaded.settings.github.appPrivateKey, PEM);
    assert.equal(loaded.settings.github.appId, '12');
  }
  const alone = loadSettings({ flags: [], env: id, cwd: folder.path, forServing: false });
  assert.ok('problems' in alone && alone.problems[0]?.setting === 'github.app_private_key');
});
