import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { DEFAULTS } from '../../test/fixtures/default-settings.ts';
import { openTemporaryFolder } from '../../test/temporary-folder.ts';
import { type LoadOptions, loadSettings } from './load-settings.ts';
import { type ConfigProblem, formatProblems } from './problem.ts';
import { environmentNameOf, flagOf } from './setting.ts';
import type { Settings } from './settings.ts';

const NOWHERE = '/nonexistent';

function load(options: Partial<LoadOptions>): { settings?: Settings; problems: readonly ConfigProblem[] } {
  const loaded = loadSettings({ flags: [], env: {}, cwd: NOWHERE, forServing: false, ...options });
  return 'problems' in loaded ? loaded : { settings: loaded.settings, problems: [] };
}

function hints(options: Partial<LoadOptions>): string[] {
  return load(options).problems.map(({ hint }) => hint);
}

test('with nothing set, everything has its default value', () => {
  assert.deepEqual(load({}).settings, DEFAULTS);
});

test('the settings are deeply frozen', () => {
  const { settings } = load({ env: { ANT_WATCHER_WEBHOOK_SECRET: 'a' } });
  assert.ok(
    Object.isFrozen(settings) &&
      Object.isFrozen(settings?.webhook) &&
      Object.isFrozen(settings?.webhook.secrets),
  );
});

test('flags override the environment, which overrides the file, which overrides the defaults', () => {
  using folder = openTemporaryFolder();
  const port = fc.option(fc.integer({ min: 0, max: 65_535 }), { nil: undefined });
  const setting = fc.constantFrom('webhook.port', 'api.port');
  fc.assert(
    fc.property(setting, port, port, port, fc.boolean(), (name, flag, variable, inFile, joined) => {
      const [group = '', key = ''] = name.split('.');
      writeFileSync(
        join(folder.path, 'c.json'),
        JSON.stringify(inFile === undefined ? {} : { [group]: { [key]: inFile } }),
      );
      const flags = joined ? [`${flagOf(name)}=${flag}`] : [flagOf(name), `${flag}`];
      const { settings } = load({
        flags: ['--config', 'c.json', ...(flag === undefined ? [] : flags)],
        env: { [environmentNameOf(name)]: variable?.toString() },
        cwd: folder.path,
      });
      const expected = flag ?? variable ?? inFile ?? { 'webhook.port': 8080, 'api.port': 9876 }[name];
      assert.equal(group === 'webhook' ? settings?.webhook.port : settings?.api.port, expected);
    }),
    { numRuns: 200 },
  );
});

test('secrets come from a variable, from the file that a variable names, or from the configuration file', () => {
  using folder = openTemporaryFolder({
    'secret.txt': 'new\r\nold\n',
    'c.yaml': 'webhook:\n  secret: [a, b]\n',
  });
  const cwd = folder.path;
  const flags = ['--config', 'c.yaml'];
  assert.deepEqual(load({ env: { ANT_WATCHER_WEBHOOK_SECRET: 's' } }).settings?.webhook.secrets, ['s']);
  assert.deepEqual(load({ cwd, flags }).settings?.webhook.secrets, ['a', 'b']);
  const env = { ANT_WATCHER_WEBHOOK_SECRET_FILE: 'secret.txt' };
  assert.deepEqual(load({ cwd, flags, env }).settings?.webhook.secrets, ['new', 'old']);
});

test('setting both a secret and its file is a problem, unless one is empty', () => {
  using folder = openTemporaryFolder({ secret: 'x' });
  const env = { ANT_WATCHER_API_TOKENS: 'hunter2', ANT_WATCHER_API_TOKENS_FILE: 'secret' };
  const { problems } = load({ env, cwd: folder.path });
  assert.deepEqual(
    problems.map(({ setting, what }) => [setting, what]),
    [['api.tokens', 'both are set']],
  );
  assert.deepEqual(
    load({ env: { ...env, ANT_WATCHER_API_TOKENS: '' }, cwd: folder.path }).settings?.api.tokens,
    ['x'],
  );
});

test('a secret file that is missing or empty is a problem, even when nothing needs the secret', () => {
  using folder = openTemporaryFolder({ empty: '\n' });
  const problemsOf = (file: string) =>
    load({ env: { ANT_WATCHER_WEBHOOK_SECRET_FILE: file }, cwd: folder.path, forServing: true }).problems;
  assert.deepEqual(
    problemsOf('empty').map(({ what }) => what),
    ['the file is empty'],
  );
  assert.deepEqual(
    problemsOf('none').map(({ what }) => what),
    ['the file cannot be read (ENOENT)'],
  );
});

test('serving requires a webhook secret, and the hint explains how to set it', () => {
  const { problems } = load({ forServing: true });
  assert.deepEqual(
    problems.map(({ setting }) => setting),
    ['webhook.secret'],
  );
  assert.match(problems[0]?.hint ?? '', /openssl rand -hex 32.*ANT_WATCHER_WEBHOOK_SECRET_FILE/);
  assert.equal(
    load({ forServing: true, env: { ANT_WATCHER_WEBHOOK_SECRET: 's'.repeat(8) } }).problems.length,
    0,
  );
  assert.deepEqual(
    load({ forServing: true, env: { ANT_WATCHER_WEBHOOK_SECRET: 's' } }).problems.map(({ what }) => what),
    ['has a secret of fewer than 8 bytes'],
  );
});

test('serving without webhooks requires repositories and a credential', () => {
  const problemsOf = (env: Record<string, string>) =>
    load({ forServing: true, env }).problems.map(({ setting }) => setting);
  const ANT_WATCHER_GITHUB_TOKEN = 'ghp_x';
  assert.deepEqual(problemsOf({ ANT_WATCHER_GITHUB_TOKEN }), ['webhook.secret']);
  assert.deepEqual(problemsOf({ ANT_WATCHER_GITHUB_REPOSITORIES: 'o/r' }), ['webhook.secret']);
  assert.deepEqual(problemsOf({ ANT_WATCHER_GITHUB_TOKEN, ANT_WATCHER_GITHUB_REPOSITORIES: 'o/*' }), []);
});

test('all problems of all sources are reported at once, each with a hint', () => {
  using folder = openTemporaryFolder({ 'c.yaml': 'webhook:\n  port: eighty\nlog:\n  levle: debug\n' });
  const { problems } = load({
    flags: [
      '--config',
      'c.yaml',
      '--webhook.port=9000',
      '--api.prot',
      '1',
      '--log.level',
      'loud',
      '--webhook.secret',
      's',
    ],
    env: {
      ANT_WATCHER_API_PORT: '70000',
      ANT_WATCHER_WEBHOOK_BODY_LIMIT: '25MB',
      ANT_WATCHER_WEBHOOK_HEADER_TIMEOUT: '10',
      ANT_WATCHER_LOG_FORMATS: 'text',
      ANT_WATCHER_API_TOKENS: 'a',
      ANT_WATCHER_API_TOKENS_FILE: 'b',
      ANT_WATCHER_STORAGE_URL: 'postgres://u:hunter2@h/d',
    },
    cwd: folder.path,
    forServing: true,
  });
  const found = problems.map(({ setting, where }) => (setting === undefined ? where : `${setting} ${where}`));
  assert.deepEqual(found.sort(), [
    '--api.prot',
    'ANT_WATCHER_LOG_FORMATS',
    'api.port ANT_WATCHER_API_PORT',
    'api.tokens ANT_WATCHER_API_TOKENS, ANT_WATCHER_API_TOKENS_FILE',
    'c.yaml line 4: log.levle',
    'log.level --log.level',
    'storage.url ANT_WATCHER_STORAGE_URL',
    'webhook.body_limit ANT_WATCHER_WEBHOOK_BODY_LIMIT',
    'webhook.header_timeout ANT_WATCHER_WEBHOOK_HEADER_TIMEOUT',
    'webhook.port c.yaml line 2',
    'webhook.secret --webhook.secret',
  ]);
  assert.ok(problems.every(({ what, hint }) => what !== '' && hint !== ''));
  assert.match(formatProblems(problems), /^The configuration has 11 problems:\n/);
});

test('unknown names are refused with the closest known one', () => {
  assert.deepEqual(hints({ flags: ['--webhook.header_timeout', '1s'] }), [
    'did you mean --webhook.header-timeout?',
  ]);
  assert.deepEqual(hints({ flags: ['--confg=x'] }), ['did you mean --config?']);
  assert.deepEqual(hints({ env: { ANT_WATCHER_WEBHOK_SECRET: 's' } }), [
    'did you mean ANT_WATCHER_WEBHOOK_SECRET?',
  ]);
  assert.deepEqual(hints({ env: { ANT_WATCHER_API_PORT_FILE: 's' } }), [
    'only a secret may come from a file: set ANT_WATCHER_API_PORT',
  ]);
});

test('a flag needs a value, may be given once, and comes after the command', () => {
  const whats = (...flags: string[]) => load({ flags }).problems.map(({ where, what }) => `${where} ${what}`);
  assert.deepEqual(whats('--api.port'), ['--api.port has no value']);
  assert.deepEqual(whats('--api.port='), ['--api.port has no value']);
  assert.deepEqual(whats('--api.port', '--log.level', 'info'), ['--api.port has no value']);
  assert.deepEqual(whats('--api.port', '1', '--api.port', '2'), ['--api.port is given twice']);
  assert.deepEqual(whats('--api.port', '1', 'x'), ['command line argument 3 belongs to no flag']);
});

test('other variables are ignored, and so are those that Kubernetes sets for a Service of our name', () => {
  const env = {
    PATH: '/bin',
    ANT: '1',
    ANT_WATCHER_SERVICE_HOST: '10.0.0.1',
    ANT_WATCHER_SERVICE_PORT_METRICS: '9876',
    ANT_WATCHER_PORT: 'tcp://10.0.0.1:8080',
    ANT_WATCHER_PORT_8080_TCP_ADDR: '10.0.0.1',
    ANT_WATCHER_METRICS_SERVICE_PORT: '9876',
    ANT_WATCHER_API_PORT: '',
  };
  assert.deepEqual(load({ env }).problems, []);
});

test('no secret appears in a problem, wherever it was put by mistake', () => {
  const secret = 'hunter2-hunter2';
  using folder = openTemporaryFolder({
    'c.yaml': `webhook:\n  secret: {x: ${secret}}\n  secrt: ${secret}\nsecret: ${secret}\n`,
    'd.json': `{"webhook": {"secret": ${secret}}}`,
    'e.yaml': `webhook: {secret:${secret}}\nsinks: [{url:http://ant:${secret}@vm}]\n`,
  });
  const mistakes: Partial<LoadOptions>[] = [
    { flags: ['--webhook.secret', secret] },
    { flags: [`--webhook.secret=${secret}`] },
    { flags: ['--webhook.secrt', secret] },
    { flags: [`--api.token=${secret}`] },
    { flags: ['--api.port', '1', secret] },
    { flags: ['--config', 'c.yaml'] },
    { flags: ['--config', 'd.json'] },
    { flags: ['--config', 'e.yaml'] },
    { env: { ANT_WATCHER_SINKS: `[{url: http://a, token:${secret}}]` } },
    { env: { ANT_WATCHER_SINKS: `[{url: http://a, token: [${secret}]}` } },
    { env: { ANT_WATCHER_SINKS: `${secret}` } },
    { env: { ANT_WATCHER_SINKS: `[{url: http://a, token_file: ${secret}}]` } },
    { env: { ANT_WATCHER_SINKS: `[{url: http://a, basic_auth: ${secret}}]` } },
    { env: { ANT_WATCHER_WEBHOOK_SECRET_FILE: secret } },
    { env: { ANT_WATCHER_SECRET: secret } },
    { env: { ANT_WATCHER_WEBHOOK_SECRET: `<secret>\n${secret}` } },
    { env: { ANT_WATCHER_API_TOKENS: secret, ANT_WATCHER_API_TOKENS_FILE: secret } },
    { env: { ANT_WATCHER_STORAGE_URL: `postgres://ant:${secret}@db/ant` } },
    { env: { ANT_WATCHER_STORAGE_URL: `ghp_${secret}` } },
  ];
  for (const mistake of mistakes) {
    const { problems } = load({ cwd: folder.path, ...mistake });
    assert.ok(problems.length > 0, JSON.stringify(mistake));
    assert.ok(!formatProblems(problems).includes(secret), formatProblems(problems));
  }
});

for (const [what, env, needed] of [
  [
    'a token',
    { ANT_WATCHER_GITHUB_TOKEN: 'ghp_000000000000' },
    /ANT_WATCHER_GITHUB_REPOSITORIES=owner\/name/,
  ],
  ['repositories', { ANT_WATCHER_GITHUB_REPOSITORIES: 'o/r' }, /ANT_WATCHER_GITHUB_TOKEN, a token with/],
  ['nothing', {}, /openssl rand -hex 32.*set github\.repositories and github\.token/],
] as const)
  test(`with ${what} alone serve can't start, and the hint names what is missing`, () => {
    assert.match(hints({ env, forServing: true }).join(), needed);
  });
