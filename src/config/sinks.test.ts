import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTemporaryFolder } from '../../test/temporary-folder.ts';
import { loadSettings } from './load-settings.ts';
import { printSettings } from './print-settings.ts';
import { extraLabels, headerLines, receiverUrl } from './push-settings.ts';
import { sinksOf } from './sinks.ts';

type Env = Readonly<Record<string, string>>;

/** With a configuration file of this text, and secrets in files. */
function load(yaml: string, env: Env = {}, withoutSecrets = false) {
  using folder = openTemporaryFolder({ 'c.yaml': yaml, token: 'hidden-token\n', login: 'ann:hidden:pass\n' });
  const flags = ['--config', 'c.yaml'];
  return loadSettings({ flags, env, cwd: folder.path, forServing: false, withoutSecrets });
}

function sinksIn(yaml: string, env: Env = {}) {
  const loaded = load(yaml, env);
  assert.ok('settings' in loaded, JSON.stringify(loaded));
  return sinksOf(loaded.settings.push);
}

function problemsIn(yaml: string, env: Env = {}): string[] {
  const loaded = load(yaml, env);
  const problems = 'problems' in loaded ? loaded.problems : [];
  return problems.map(({ setting, where, what, hint }) => `${setting} (${where}): ${what}; ${hint}`);
}

test('the single receiver of push.url is named after its protocol', () => {
  const env = { ANT_WATCHER_PUSH_URL: 'http://vm:8428', ANT_WATCHER_PUSH_BASIC_AUTH: 'u:p:q' };
  const [sink, ...more] = sinksIn('', env);
  assert.deepEqual(
    [sink?.name, sink?.path, sink?.basicAuth],
    ['victoriametrics', 'push', { username: 'u', password: 'p:q' }],
  );
  assert.deepEqual(more, []);
  assert.deepEqual(sinksIn(''), []);
});

test('several receivers are items of sinks, each with its own settings', () => {
  const sinks = sinksIn(`
sinks:
  - url: http://vm:8428/
    name: main
    token_file: token
  - url: https://u:p@[::1]:9090/prefix/?key=1
    protocol: remote_write
    headers:
      X-Scope-OrgID: ci
      X-Other: a, b
  - url: http://third
    basic_auth_file: login
    ca_file: ca.pem
`);
  assert.deepEqual(sinks, [
    {
      url: 'http://vm:8428/',
      name: 'main',
      protocol: 'victoriametrics',
      bearerToken: 'hidden-token',
      basicAuth: null,
      headers: [],
      caFile: '',
      path: 'sinks[0]',
    },
    {
      url: 'https://u:p@[::1]:9090/prefix/?key=1',
      name: '[::1]:9090/prefix',
      protocol: 'remote_write',
      bearerToken: null,
      basicAuth: null,
      headers: [
        ['X-Scope-OrgID', 'ci'],
        ['X-Other', 'a, b'],
      ],
      caFile: '',
      path: 'sinks[1]',
    },
    {
      url: 'http://third',
      name: 'third',
      protocol: 'victoriametrics',
      bearerToken: null,
      basicAuth: { username: 'ann', password: 'hidden:pass' },
      headers: [],
      caFile: 'ca.pem',
      path: 'sinks[2]',
    },
  ]);
});

test('the default name can also be set, so that the URL can change', () => {
  const before = sinksIn('sinks: [{ url: "http://[::1]:9/vm" }]');
  const after = sinksIn(`sinks: [{ url: "http://other", name: "${before[0]?.name}" }]`);
  assert.equal(after[0]?.name, before[0]?.name);
});

test('a variable holds the list as YAML or JSON, or names a file that does, and takes precedence', () => {
  using folder = openTemporaryFolder({ 'sinks.yaml': '- url: http://a\n- url: http://b\n  tokn: x\n' });
  const yaml = 'sinks: [{ url: http://file, token: hidden }]';
  const namesIn = (env: Env) => sinksIn(yaml, env).map(({ url, bearerToken }) => [url, bearerToken]);
  assert.deepEqual(namesIn({}), [['http://file', 'hidden']]);
  assert.deepEqual(namesIn({ ANT_WATCHER_SINKS: '[{"url":"http://env","token":"0123"}]' }), [
    ['http://env', '0123'],
  ]);
  assert.deepEqual(namesIn({ ANT_WATCHER_SINKS: '[{ url: http://env, token_file: token }]' }), [
    ['http://env', 'hidden-token'],
  ]);
  assert.deepEqual(namesIn({ ANT_WATCHER_SINKS: '[]' }), []);
  assert.deepEqual(problemsIn(yaml, { ANT_WATCHER_SINKS_FILE: `${folder.path}/sinks.yaml` }), [
    'undefined (ANT_WATCHER_SINKS_FILE line 3: sinks[1].tokn): unknown setting; did you mean sinks[1].token?',
  ]);
});

test('each problem of an item names its path and its line', () => {
  assert.deepEqual(
    problemsIn(`
sinks:
  - url: vm:8428
  - url: http://b
    token_file: nowhere
    tokn: x
  - name: c
  - http://d
  - url: http://e
    token:
    basic_auth: hunter2
`),
    [
      'sinks[1].token_file (c.yaml line 5): the file cannot be read (ENOENT); check its path; a relative one starts at the working directory',
      'undefined (c.yaml line 6: sinks[1].tokn): unknown setting; did you mean sinks[1].token?',
      'sinks[2].url (c.yaml line 7): is not set; write the URL of the receiver, such as http://victoria-metrics:8428',
      'sinks[3] (c.yaml line 8): must have keys and values; for example [{ url: "http://victoria-metrics:8428" }]',
      'sinks[4].token (c.yaml line 10): has no value that can be read; write a text or a number, or remove the line',
      'sinks[0].url (c.yaml line 3): must be an http:// or https:// URL, not "vm:8428"; write http://vm:8428',
      'sinks[4].basic_auth (c.yaml line 11): must be user:password; write user:password',
    ],
  );
});

test('sinks must be a list of at most 100', () => {
  for (const yaml of ['sinks:', 'sinks: http://a', 'sinks: { url: http://a }', 'sinks: ""'])
    assert.match(
      problemsIn(yaml)[0] ?? '',
      /^sinks \(c.yaml line 1\): must be a list of up to 100 items/,
      yaml,
    );
  const many = (count: number) =>
    JSON.stringify(Array.from({ length: count }, (_, index) => ({ url: `http://vm-${index}` })));
  assert.equal(sinksIn('', { ANT_WATCHER_SINKS: many(100) }).length, 100);
  assert.match(
    problemsIn('', { ANT_WATCHER_SINKS: many(101) })[0] ?? '',
    /^sinks \(ANT_WATCHER_SINKS\): must be a list/,
  );
  assert.match(
    problemsIn('', { ANT_WATCHER_SINKS: '[{' })[0] ?? '',
    /^sinks \(ANT_WATCHER_SINKS line 1\): is not valid/,
  );
});

test('a list in the wrong place gets a hint about the right one', () => {
  assert.match(
    problemsIn('sink: [{ url: http://a }]')[0] ?? '',
    /unknown group of settings; did you mean sinks\?/,
  );
  assert.match(problemsIn('push: { sinks: [{ url: http://a }] }')[0] ?? '', /did you mean sinks\?/);
});

test('settings of the single receiver are refused together with sinks, where they would have no effect', () => {
  const beside = (env: Env) => problemsIn('sinks: [{ url: http://a }]', env)[0] ?? '';
  const token = { ANT_WATCHER_PUSH_TOKEN: 'x' };
  assert.match(
    beside({ ANT_WATCHER_PUSH_URL: 'http://b' }),
    /^push.url \(ANT_WATCHER_PUSH_URL\): is set, and so is sinks/,
  );
  assert.match(beside(token), /^push.token .*write it in an item of sinks/);
  assert.equal(beside({ ANT_WATCHER_PUSH_TIMEOUT: '1s', ANT_WATCHER_PUSH_PROTOCOL: 'victoriametrics' }), '');
  assert.deepEqual(problemsIn('', token), []);
});

test('two receivers may share a URL if their names and their requests differ', () => {
  const twice = (a: string, b: string) =>
    problemsIn(`sinks: [{ url: http://a, ${a} }, { url: http://a, ${b} }]`)[0] ?? '';
  const login = 'token: x';
  assert.match(
    twice(login, login),
    /^sinks\[1\].name \(c.yaml line 1\): is a, as is that of sinks\[0\]; give each its own name/,
  );
  assert.match(twice('name: a', login), /^sinks\[1\].name/);
  assert.match(twice('name: one', 'name: two'), /^sinks\[1\].url \(c.yaml line 1\): is that of sinks\[0\]/);
  assert.match(twice('name: one', 'name: two, protocol: remote_write'), /^sinks\[1\].url/);
  assert.equal(
    twice('name: one, headers: { X-Scope-OrgID: a }', 'name: two, headers: { X-Scope-OrgID: b }'),
    '',
  );
  assert.equal(twice('name: one', `name: two, ${login}`), '');
  const unread =
    'sinks: [{ url: http://a, name: a, token: <secret> }, { url: http://a, name: b, token: <secret> }]';
  assert.ok('settings' in load(unread, {}, true));
});

test('two ways to log in, and an endpoint of another protocol, are problems of their item', () => {
  const of = (item: string) => problemsIn(`sinks: [{ url: http://z }, { ${item} }]`)[0]?.split(' ')[0];
  assert.equal(of('url: http://a, token: x, basic_auth: "u:p"'), 'sinks[1].token');
  assert.equal(of('url: "http://u:p@a", token: x'), 'sinks[1].token');
  assert.equal(of('url: "http://u:p@a", basic_auth: "u:p"'), undefined);
  assert.equal(of('url: http://a/api/v1/write'), 'sinks[1].url');
  assert.equal(of('url: http://a/api/v1/write, protocol: remote_write'), undefined);
  const header = problemsIn('sinks: [{ url: http://a, headers: { X-A: b, content-length: 5 } }]')[0];
  assert.match(
    header ?? '',
    /^sinks\[0\].headers .*item 2 is not; leave out content-length, which is set by/,
  );
});

test('a configuration file may name the file of a secret, in an item or elsewhere', () => {
  const loaded = load('webhook: { secret_file: token }\nsinks: [{ url: http://a, token_file: token }]');
  assert.ok('settings' in loaded, JSON.stringify(loaded));
  assert.deepEqual(loaded.settings.webhook.secrets, ['hidden-token']);
  const printed = printSettings(loaded.origins);
  assert.match(printed, /^ {2}secret_file: token # c.yaml line 1$/m);
  assert.match(
    printed,
    /^sinks: # c.yaml line 2\n {2}- url: http:\/\/a # c.yaml line 2\n {4}token_file: token # c.yaml line 2$/m,
  );
  const again = load(printed);
  assert.deepEqual('settings' in again && again.settings, loaded.settings);
  const both = problemsIn('sinks: [{ url: http://a, token: x, token_file: token }]');
  assert.match(both[0] ?? '', /^sinks\[0\].token \(c.yaml line 1\): is set twice/);
  const unreadable = 'webhook: { secret_file: nowhere }\nsinks: [{ url: http://a, token_file: nowhere }]';
  assert.ok('settings' in load(unreadable, {}, true));
  assert.equal(problemsIn(unreadable).length, 2);
});

test('a receiver has one URL, which may contain commas', () => {
  const { read } = receiverUrl();
  for (const text of ['http://vm:8428', 'http://vm:8428/insert/0/prometheus?a=b,c', 'https://u:p@x/y?z=1'])
    assert.equal(read([text]), text);
  for (const text of [
    '',
    'vm:8428',
    'ftp://x',
    'http://',
    'a b=http://x',
    'http://x:99999',
    'vm=http://vm:8428',
  ])
    assert.equal(read([text]), undefined, text);
});

test('labels and headers are parsed one by one', () => {
  assert.deepEqual(extraLabels().read(['a=b=c, d = e']), [
    ['a', 'b=c'],
    ['d', 'e'],
  ]);
  for (const text of ['a', '=b', 'a=', '__name__=x', 'a-b=c', 'a=b, le=1', 'quantile=1'])
    assert.equal(extraLabels().read([text]), undefined, text);
  assert.match(extraLabels().advise?.('a=b, le=1') ?? '', /leave out le/);
  assert.deepEqual(headerLines().read(['X-Scope-OrgID: ci\nA:b']), [
    ['X-Scope-OrgID', 'ci'],
    ['A', 'b'],
  ]);
  for (const text of ['no', 'a b: c', ': x', 'X:']) assert.equal(headerLines().read([text]), undefined, text);
});
