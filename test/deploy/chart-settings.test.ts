import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { loadSettings } from '../../src/config/load-settings.ts';
import type { Setting } from '../../src/config/setting.ts';
import { listSettings } from '../../src/config/settings.ts';
import { openTemporaryFolder } from '../temporary-folder.ts';
import { faultsOfConfig, type Values } from './chart-values.ts';

/*
 * What the chart's schema says of `config`, compared with what check-config says of the same file.
 */

const CASES = Number(process.env['ANT_WATCHER_TEST_CASES'] ?? 1);

/** Those that a file may hold without being a secret, and that stand in a group. */
const OPEN = listSettings().filter(({ secret }) => !secret);

const SCALAR: fc.Arbitrary<unknown> = fc.oneof(
  fc.boolean(),
  fc.nat({ max: 100_000 }),
  fc.integer({ min: -5, max: 5 }),
  fc.constantFrom(
    'never',
    'auto',
    'github',
    'true',
    '0',
    '',
    '1h30m',
    '250ms',
    '5h1h',
    '25MiB',
    '25 MiB',
    '9999d',
  ),
  fc.stringMatching(/^[0-9]{1,4}(d|h|m|s|ms|B|KiB|MiB|GiB|x)?$/),
);

/** A setting with something that may be its value, or not. */
const found: fc.Arbitrary<{ readonly setting: Setting<unknown>; readonly value: unknown }> = fc
  .constantFrom(...OPEN)
  .chain((setting) => {
    const values = [fc.constantFrom(setting.kind.example, setting.default ?? ''), SCALAR, fc.constant(null)];
    if (setting.kind.items !== undefined)
      values.push(fc.array(SCALAR, { maxLength: 3 }), examplesOf(setting));
    if (setting.kind.entry !== undefined)
      values.push(fc.dictionary(fc.constantFrom('a', 'runs_on', '*'), SCALAR));
    return fc.record({ setting: fc.constant(setting), value: fc.oneof(...values) });
  });

/** The example as a list. */
function examplesOf({ kind }: Setting<unknown>): fc.Arbitrary<unknown> {
  return fc.constant(kind.items?.([kind.example]) ?? []);
}

test('the schema refuses nothing that check-config accepts, and accepts no wrong word, number or nothing', () => {
  using folder = openTemporaryFolder();
  let accepted = 0;
  fc.assert(
    fc.property(found, ({ setting, value }) => {
      const config = configWith(setting.name, value);
      const problems = problemsOf(config, folder.path, setting.name);
      const faults = faultsOfConfig(config);
      if (problems.length === 0) {
        accepted += 1;
        assert.deepEqual(faults, [], `${setting.name}: ${JSON.stringify(value)}`);
      } else if (isObvious(setting, value))
        assert.notDeepEqual(faults, [], `${setting.name}: ${JSON.stringify(value)}`);
    }),
    { numRuns: Math.ceil(600 * CASES) },
  );
  assert.ok(accepted > 0);
});

test('an unknown name is refused by both, wherever it stands', () => {
  using folder = openTemporaryFolder();
  for (const { name } of OPEN) {
    for (const wrong of [`${name}x`, `x${name}`, name.replace('.', '_')]) {
      const config = configWith(wrong, 'true');
      assert.notDeepEqual(problemsOf(config, folder.path), [], wrong);
      assert.notDeepEqual(faultsOfConfig(config), [], wrong);
    }
  }
});

test('a secret may only be named by its file, which both accept', () => {
  using folder = openTemporaryFolder({ secret: 'ann:hidden-and-long-enough' });
  for (const { name, fields } of listSettings().filter(({ secret }) => secret)) {
    if (fields !== undefined) continue;
    const config = configWith(`${name}_file`, '/run/secrets/x');
    assert.deepEqual(faultsOfConfig(config), [], name);
    assert.deepEqual(problemsOf(config, folder.path, `${name}_file`), [], name);
    assert.notDeepEqual(faultsOfConfig(configWith(name, 'hidden')), [], name);
  }
});

/** A word of a closed list, a number in bounds, or anything at all: the schema knows these as well as the service. */
function isObvious({ kind }: Setting<unknown>, value: unknown): boolean {
  if (value === null) return true;
  if (kind.form === undefined) return false;
  return kind.form.enum !== undefined || typeof value !== 'string';
}

function configWith(name: string, value: unknown): Values {
  const [group = '', key] = name.split('.');
  return key === undefined ? { [group]: value } : { [group]: { [key]: value } };
}

/** Of this setting, or all: settings that are not valid together are another matter. */
function problemsOf(config: Values, cwd: string, name?: string) {
  using folder = openTemporaryFolder({ 'config.yaml': stringify(config) });
  const flags = ['--config', `${folder.path}/config.yaml`];
  const loaded = loadSettings({ flags, env: {}, cwd, forServing: true, withoutSecrets: true });
  const problems = 'problems' in loaded ? loaded.problems : [];
  return problems.filter(
    ({ setting, where }) => name === undefined || setting === name || where.includes(name),
  );
}
