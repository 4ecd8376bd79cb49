import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type AnyValue, anySettings } from '../../test/fixtures/any-settings.ts';
import { openTemporaryFolder } from '../../test/temporary-folder.ts';
import { type LoadOptions, loadSettings } from './load-settings.ts';
import { printSettings } from './print-settings.ts';
import { listNameOf } from './problem.ts';
import { environmentNameOf } from './setting.ts';
import { listSettings } from './settings.ts';

const SECRETS = new Set(listSettings().flatMap(({ name, secret }) => (secret ? [name] : [])));

/** A configuration file with these values, as JSON writes it, which YAML reads. */
function fileWith(values: readonly AnyValue[]): string {
  const groups: Record<string, unknown> = {};
  for (const [name, value] of entriesOf(values)) {
    const [group = '', key] = name.split('.');
    groups[group] = key === undefined ? value : { ...(groups[group] as object | undefined), [key]: value };
  }
  return JSON.stringify(groups);
}

/** The variables that hold secrets, as `serve` would get them along with the printed file. */
function secretsOf(values: readonly AnyValue[]): Record<string, string> {
  const secrets = entriesOf(values).filter(
    ([name, value]) => SECRETS.has(name) && JSON.stringify(value).includes('hidden-'),
  );
  return Object.fromEntries(
    secrets.map(([name, value]) => [environmentNameOf(name), variableOf(name, value)]),
  );
}

function variableOf(name: string, value: unknown): string {
  if (name === 'sinks') return JSON.stringify(value);
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
  return (isMap ? Object.entries(value).map((pair) => pair.join(': ')) : [value].flat()).join('\n');
}

/** The settings they require come first, so that an explicit value takes precedence. */
function entriesOf(values: readonly AnyValue[]): (readonly [name: string, value: unknown])[] {
  const beside = values.flatMap((value) => Object.entries(value.beside));
  return [...beside, ...values.map(({ name, value }) => [name, value] as const)];
}

function loadFile(text: string, options: Partial<LoadOptions> = {}) {
  using folder = openTemporaryFolder({ 'c.yaml': text });
  const flags = ['--config', 'c.yaml'];
  return loadSettings({ flags, env: {}, cwd: folder.path, forServing: false, ...options });
}

/**
 * Neighbouring settings may exclude each other, as two ways to log in do: each test has every eighth setting.
 */
const TESTS = 8;
const ALL = anySettings();

for (let at = 0; at <= TESTS; at++) {
  // Sinks exclude more.
  const own = ALL.filter(({ name }, index) => (name === 'sinks' ? at === TESTS : index % TESTS === at));
  const some = own.map(({ values }) => values);
  test(`the output of print-config is read as the same settings, with only the secrets missing: all settings, part ${at + 1}`, () => {
    fc.assert(
      fc.property(fc.tuple(...some), (given) => {
        const first = loadFile(fileWith(given));
        assert.ok('settings' in first, JSON.stringify(first));
        const printed = printSettings(first.origins);
        assert.doesNotMatch(printed, /hidden-/);
        const env = secretsOf(given);
        const again = loadFile(printed, { env });
        assert.ok('settings' in again, `${printed}${JSON.stringify(again)}`);
        assert.deepEqual(again.settings, first.settings);
        const alone = loadFile(printed);
        const missing =
          'problems' in alone ? alone.problems.map(({ setting = '' }) => listNameOf(setting)) : [];
        const variables = [...new Set(missing.map(environmentNameOf))];
        assert.deepEqual(variables.toSorted(), Object.keys(env).toSorted());
        assert.ok('settings' in loadFile(printed, { withoutSecrets: true, forServing: true }));
      }),
      { numRuns: 10 },
    );
  });
}

test('the printed text is a configuration file with the same meaning', () => {
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

test('each value is printed with its source, and secrets as a placeholder', () => {
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

test('secrets in addresses are not printed, and other settings that look similar are', () => {
  const env = {
    ANT_WATCHER_PUSH_URL: 'http://u:hunter2@x?key=hunter3',
    ANT_WATCHER_PUSH_EXTRA_LABELS: 'site_key=ants',
    ANT_WATCHER_PRICES_RULES: 'gpu-key=linux_4_core_gpu, self-hosted=self_hosted:0.002',
    ANT_WATCHER_METRICS_BRANCH_GROUPS: 'key=release/*,v*; hotfix=hotfix/**',
    ANT_WATCHER_METRICS_LABEL_POLICY: 'jobs_total: -job_name',
  };
  const loaded = loadSettings({ flags: [], env, cwd: '/nonexistent', forServing: false });
  assert.ok('settings' in loaded, JSON.stringify(loaded));
  const printed = printSettings(loaded.origins);
  assert.ok(printed.includes('url: http://<secret>@x?key=<secret> # ANT_WATCHER_PUSH_URL'), printed);
  for (const value of Object.values(env).slice(1)) assert.ok(printed.includes(value), value);
});

test('a password in an address is missing like any secret, unless another source sets the address', () => {
  const ANT_WATCHER_PUSH_URL = 'http://ant:hidden-1@vm:8428';
  const first = loadFile('', { env: { ANT_WATCHER_PUSH_URL } });
  assert.ok('settings' in first);
  const printed = printSettings(first.origins);
  const alone = loadFile(printed);
  assert.ok('problems' in alone);
  assert.deepEqual(
    alone.problems.map(({ setting }) => setting),
    ['push.url'],
  );
  assert.match(alone.problems[0]?.what ?? '', /holds <secret>, which print-config writes/);
  const again = loadFile(printed, { env: { ANT_WATCHER_PUSH_URL } });
  assert.deepEqual('settings' in again && again.settings, first.settings);
  assert.ok('settings' in loadFile(printed, { withoutSecrets: true }));
});

test('invisible characters are escaped, in values and in the file name', () => {
  const path = '/etc/a\nb\u0085\u202e: c.pem';
  const first = loadFile('', { env: { ANT_WATCHER_PUSH_CA_FILE: path } });
  assert.ok('settings' in first);
  const printed = printSettings(first.origins);
  assert.ok(
    printed.includes('ca_file: "/etc/a\\nb\\u0085\\u202e: c.pem" # ANT_WATCHER_PUSH_CA_FILE'),
    printed,
  );
  const again = loadFile(printed);
  assert.equal('settings' in again && again.settings.push.caFile, path);
});
