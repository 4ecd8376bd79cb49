import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTemporaryFolder } from '../../test/temporary-folder.ts';
import { ConfigFiles } from './config-files.ts';
import { readConfigFile } from './read-config-file.ts';

function read(name: string | undefined, cwd: string) {
  const findings = readConfigFile(name, { cwd, withoutSecrets: false, files: new ConfigFiles() });
  const found = findings.filter((each) => 'texts' in each);
  return {
    values: found.map(({ setting, ...rest }) => ({ name: setting.name, ...rest })),
    problems: findings.filter((each) => 'what' in each),
  };
}

function readFile(name: string, text: string): ReturnType<typeof read> {
  using folder = openTemporaryFolder({ [name]: text });
  return read(name, folder.path);
}

test('YAML and JSON hold the same settings, and each value knows its line', () => {
  const yaml = readFile('c.yaml', '# ours\nwebhook:\n  port: 9000\n  secret:\n    - 0123\n    - "b\\n"\n');
  assert.deepEqual(yaml, {
    values: [
      { name: 'webhook.port', texts: ['9000'], from: 'c.yaml line 3' },
      { name: 'webhook.secret', texts: ['0123', 'b\n'], from: 'c.yaml line 4' },
    ],
    problems: [],
  });
  const json = readFile(
    'c.json',
    '{\n\t"webhook": {\n\t\t"port": 9000, "secret": ["0123", "b\\n"]\n\t}\n}\n',
  );
  assert.deepEqual(
    json.values.map((each) => each.texts),
    yaml.values.map((each) => each.texts),
  );
  assert.equal(json.values[0]?.from, 'c.json line 3');
});

test('a text is taken as written, not as YAML interprets it', () => {
  const { values } = readFile('c.yaml', 'webhook:\n  secret: 0x10\n  path: 1e3\napi:\n  tokens: yes\n');
  assert.deepEqual(
    values.map((each) => each.texts),
    [['0x10'], ['1e3'], ['yes']],
  );
});

test('a byte order mark, an empty file and an empty group are accepted', () => {
  for (const [name, text] of [
    ['c.json', '\uFEFF{}'],
    ['c.yaml', ''],
    ['c.yml', '# nothing\n'],
    ['c.yaml', 'webhook:\n'],
  ] as const) {
    assert.deepEqual(readFile(name, text), { values: [], problems: [] }, text);
  }
});

test('without --config a missing config/config.json is accepted, and an existing one is read', () => {
  using empty = openTemporaryFolder();
  assert.deepEqual(read(undefined, empty.path), { values: [], problems: [] });
  using folder = openTemporaryFolder({ 'config/config.json': '{"api":{"port":1}}' });
  assert.deepEqual(read(undefined, folder.path).values, [
    { name: 'api.port', texts: ['1'], from: 'config/config.json line 1' },
  ]);
});

test('an unusable file is a problem', () => {
  using folder = openTemporaryFolder({ 'c.toml': '', 'directory.json/x': '' });
  assert.match(read('none.yaml', folder.path).problems[0]?.what ?? '', /ENOENT/);
  assert.match(read('directory.json', folder.path).problems[0]?.what ?? '', /EISDIR/);
  assert.match(read('c.toml', folder.path).problems[0]?.what ?? '', /neither JSON nor YAML/);
});

test('all unknown names are refused with the closest known one', () => {
  const { values, problems } = readFile(
    'c.yaml',
    'webhook:\n  prot: 1\n  port: 2\nwebhok: {}\nzzz: 1\nwebhook.port: 3\n',
  );
  assert.equal(values.length, 1);
  assert.deepEqual(
    problems.map(({ where, what, hint }) => [where, what, hint]),
    [
      ['c.yaml line 2: webhook.prot', 'unknown setting', 'did you mean webhook.port?'],
      ['c.yaml line 4: webhok', 'unknown group of settings', 'did you mean webhook?'],
      [
        'c.yaml line 5: zzz',
        'unknown group of settings',
        'docs/configuration.md lists every setting; each is in its group',
      ],
      [
        'c.yaml line 6: webhook.port',
        'unknown group of settings',
        'docs/configuration.md lists every setting; each is in its group',
      ],
    ],
  );
});

test('values of the wrong shape are refused with their line', () => {
  const { problems } = readFile('c.yaml', 'webhook:\n  port:\n  path: {a: 1}\n  secret: [[a]]\napi: 5\n');
  assert.deepEqual(
    problems.map(({ setting, where }) => [setting, where]),
    [
      ['webhook.port', 'c.yaml line 2'],
      ['webhook.path', 'c.yaml line 3'],
      ['webhook.secret', 'c.yaml line 4'],
      [undefined, 'c.yaml line 5: api'],
    ],
  );
  assert.equal(readFile('c.json', '[1]').problems[0]?.what, 'must hold groups of settings');
});

test('tabs and duplicate keys have their own hints', () => {
  assert.match(readFile('c.yaml', 'api:\n\tport: 1\n').problems[0]?.hint ?? '', /blanks, not with tabs/);
  assert.match(readFile('c.yaml', 'api:\n  port: 1\napi:\n').problems[0]?.hint ?? '', /once/);
});

test('a syntax error is reported with its line and without the surrounding text', () => {
  const broken: [string, string, string][] = [
    ['c.yaml', 'webhook:\n  secret: "hunter2\n', 'c.yaml line 3'],
    ['c.yaml', 'api:\n  tokens: a\n  tokens: hunter2\n', 'c.yaml line 3'],
    ['c.yaml', 'a: b\n--- hunter2\n', 'c.yaml line 2'],
    ['c.json', '{\n"webhook": {"secret" "hunter2"}}', 'c.json line 2'],
    ['c.json', '{"secret": hunter2}', 'c.json'],
    ['c.json', '{"api": {"port": 1,}}', 'c.json line 1'],
    ['c.json', '{"api": {"port": 1, "port": 2}}', 'c.json line 1'],
  ];
  for (const [name, text, where] of broken) {
    const { problems } = readFile(name, text);
    assert.equal(problems[0]?.where, where, text);
    assert.match(problems[0]?.what ?? '', /is not valid/);
    assert.doesNotMatch(JSON.stringify(problems), /hunter2/);
  }
});

test('pairs can be written as a map, with one or several values each', () => {
  const { values, problems } = readFile(
    'c.yaml',
    `metrics:
  label_patterns: { runs_on: vm-*, job_name: [Preview *, Deploy **] }
  label_policy: { jobs_total: -job_name, job_queue_seconds: [repository, runs_on] }
  branch_groups: { release: ["release/*", v*] }
prices:
  rules: { gpu-4: linux_4_core_gpu, "group:Large Runners": "self_hosted:0.002" }
push:
  headers: { X-Scope-OrgID: "a, b; c" }
  extra_labels: { instance: ci-1 }
`,
  );
  assert.deepEqual(problems, []);
  assert.deepEqual(Object.fromEntries(values.map(({ name, texts }) => [name, texts])), {
    'metrics.label_patterns': ['runs_on=vm-*', 'job_name=Preview *,Deploy **'],
    'metrics.label_policy': ['jobs_total: -job_name', 'job_queue_seconds: repository,runs_on'],
    'metrics.branch_groups': ['release=release/*,v*'],
    'prices.rules': ['gpu-4=linux_4_core_gpu', 'group:Large Runners=self_hosted:0.002'],
    'push.headers': ['X-Scope-OrgID: a, b; c'],
    'push.extra_labels': ['instance=ci-1'],
  });
});

test('a map is refused where a value would become another entry, or is itself a map', () => {
  for (const text of [
    'push: { extra_labels: { a: "b, c=d" } }',
    'metrics: { label_patterns: { runs_on: "a; job_name=b" } }',
    'prices: { rules: { a: { b: c } } }',
    'prices: { rules: { a: } }',
    'webhook: { trusted_proxies: { a: b } }',
  ])
    assert.equal(readFile('c.yaml', text).problems[0]?.what, 'has no value that can be read', text);
});
