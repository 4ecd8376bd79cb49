import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { openTemporaryFolder } from '../../../test/temporary-folder.ts';
import { loadSettings } from '../../config/load-settings.ts';
import { EXPORTERS } from './exporters.ts';
import { runMigrate } from './migrate-command.ts';
import type { OldExporter } from './old-exporter.ts';

const CASES = Number(process.env['ANT_WATCHER_TEST_CASES'] ?? 1);

const folder = openTemporaryFolder();
after(() => folder[Symbol.dispose]());

function fileWith(name: string, text: string): string {
  const path = join(folder.path, name);
  writeFileSync(path, text);
  return path;
}

function migrate(args: readonly string[], env: Record<string, string> = {}): { out: string; err: string } {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  assert.equal(runMigrate(args, { stdout, stderr, env }), 0);
  return { out: String(stdout.read()), err: String(stderr.read()) };
}

/** What check-config --without-secrets finds. */
function problemsOf(configuration: string): unknown {
  const flags = ['--config', fileWith('ant-watcher.yaml', configuration)];
  const loaded = loadSettings({ flags, env: {}, cwd: folder.path, forServing: true, withoutSecrets: true });
  return 'problems' in loaded ? loaded.problems : [];
}

/** Only words that no text of ours has. */
const anySecret = fc.stringMatching(/^[A-Za-z0-9_\-+=.]{2,20}$/).map((text) => `Hush${text}`);
const anyText = fc.oneof(
  fc.constantFrom('8080', '0', '9876', ':9000', '127.0.0.1:9876', '[::1]:80', '/hook', '*', 'octo', 'octo/*'),
  fc.constantFrom(
    'https://ghe.example.com',
    'https://a:b@c',
    'debug',
    'logfmt',
    'true',
    'false',
    '90',
    '24h',
  ),
  fc.stringMatching(/^[ -~]{0,20}$/),
);

/** A value for each of some names of settings, and which of the values are secrets. */
function anyFound({ settings }: OldExporter): fc.Arbitrary<{ found: [string, string][]; secrets: string[] }> {
  const each = settings.flatMap(({ names, becomes }) =>
    names.map((name) => {
      const isSecret = 'secret' in becomes;
      const value: fc.Arbitrary<string> = isSecret ? anySecret : anyText;
      return value.map((text) => ({ name, text, isSecret }));
    }),
  );
  const unknown = fc.record({
    name: fc.constantFrom('SOME_VARIABLE', '--some.flag', 'config.some'),
    text: anySecret,
    isSecret: fc.constant(true),
  });
  return fc
    .uniqueArray(fc.oneof(...each, unknown), { selector: ({ name }) => name, maxLength: 12 })
    .map((all) => ({
      found: all.map(({ name, text }) => [name, text]),
      secrets: all.flatMap(({ text, isSecret }) => (isSecret ? text : [])),
    }));
}

/** The same values in a file of variables, in YAML and as flags. */
function argumentsFor(found: readonly (readonly [string, string])[]): string[] {
  const variables = found.filter(([name]) => /^[A-Z_]+$/.test(name));
  const keys = found.filter(([name]) => name.includes('.') && !name.startsWith('--'));
  const flags = found.filter(([name]) => name.startsWith('--')).map((pair) => pair.join('='));
  const values: Record<string, unknown> = { env: variables.map(([name, value]) => ({ name, value })) };
  for (const [name, value] of keys) {
    const path = name.split('.');
    const last = path.pop() ?? '';
    let at = values;
    for (const key of path) {
      const next = (at[key] ?? {}) as Record<string, unknown>;
      at[key] = next;
      at = next;
    }
    at[last] = value;
  }
  const env = variables.map((pair) => pair.join('=')).join('\n');
  return [
    ...['--values', fileWith('values.yaml', stringify(values)), '--env', fileWith('old.env', env)],
    ...['--', ...flags],
  ];
}

for (const [name, exporter] of Object.entries(EXPORTERS))
  test(`${name}: whatever it is configured with, check-config accepts what is printed, and no secret is in it`, () => {
    const holds = fc.property(anyFound(exporter), ({ found, secrets }) => {
      const { out, err } = migrate(['--from', name, ...argumentsFor(found)]);
      for (const secret of secrets) assert.ok(!(out + err).includes(secret), secret);
      assert.deepEqual(problemsOf(out), []);
    });
    fc.assert(holds, { numRuns: Math.ceil(100 * CASES) });
  });

test('flags win over values, values over the file of variables, and the shell is read only without them', () => {
  const values = fileWith('v.yaml', '{GITHUB_ORG: by-values, GITHUB_API_TOKEN: a-token-here}');
  const env = fileWith('v.env', 'GITHUB_ORG=by-env\n');
  const shell = { GITHUB_ORG: 'by-shell', GITHUB_API_TOKEN: 'a-token-here', UNRELATED: 'x' };
  const billingOf = (...args: string[]) =>
    /billing: (\S+)/.exec(migrate(['--from', 'cpanato', ...args], shell).out)?.[1];
  assert.equal(billingOf('--env', env, '--values', values, '--', '--gh.github-org=by-flag'), 'by-flag');
  assert.equal(billingOf('--env', env, '--values', values), 'by-values');
  assert.equal(billingOf(), 'by-shell');
  assert.equal(billingOf('--env', env), undefined);
  assert.doesNotMatch(migrate(['--from', 'cpanato'], shell).err, /UNRELATED/);
});

test('in the shell, unknown variables with the prefix of the exporter are named', () => {
  const { err } = migrate(['--from', 'promhippie'], { GITHUB_EXPORTER_TOKN: 'hush-hush', PATH: '/bin' });
  assert.match(err, /GITHUB_EXPORTER_TOKN \(this shell\): .* did you mean GITHUB_EXPORTER_TOKEN\?/);
  assert.doesNotMatch(err, /hush-hush|PATH/);
});

test('wrong usage and files that cannot be read are refused, without what is in them', () => {
  const broken = fileWith('broken.yaml', 'token: hush-hush: hush\n');
  const aliases = fileWith('aliases.yaml', 'a: *hush\n');
  for (const [args, message] of [
    [[], /--from is missing/],
    [['--from', 'toString'], /names no exporter/],
    [['--from', 'arc', '--github-token=hush-hush'], /a flag is unknown/],
    [['--from', 'arc', 'hush-hush'], /a flag is unknown/],
    [['--from', 'arc', '--env', join(folder.path, 'none')], /can't be read \(ENOENT\)/],
    [['--from', 'arc', '--env', folder.path], /is no file/],
    [['--from', 'arc', '--env', fileWith('large', 'x'.repeat(1_048_577))], /larger than 1 MiB/],
    [['--from', 'arc', '--values', broken], /is no valid YAML/],
    [['--from', 'arc', '--values', aliases], /is no valid YAML/],
  ] as const)
    assert.throws(
      () => migrate(args),
      (error: Error & { code: string }) =>
        error.code === 'usage' && message.test(error.message) && !error.message.includes('hush'),
    );
});

test('the report names the rules to load and what is lost', () => {
  const { err } = migrate(['--from', 'arc'], {});
  assert.match(err, /deploy\/prometheus\/compat-arc\.rules\.yaml/);
  assert.match(err, / - github_workflow_jobs_queued_total → none: /);
});
