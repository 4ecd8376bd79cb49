import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { openTemporaryFolder } from '../../test/temporary-folder.ts';
import { loadSettings } from './load-settings.ts';
import { changeSettings, openSettingsReader } from './reload-settings.ts';
import { environmentNameOf } from './setting.ts';
import { listSettings, type Settings } from './settings.ts';

const FILE = 'config/config.json';

test('a file that held settings must not be missing or empty on a reload', () => {
  for (const [flags, name] of [
    [[], FILE],
    [['--config', 'c.yaml'], 'c.yaml'],
  ] as const) {
    using folder = openTemporaryFolder({ [name]: '{"metrics": {"max_series": 7}}' });
    const path = join(folder.path, name);
    const read = openSettingsReader({ flags, env: {}, cwd: folder.path, forServing: false });
    for (const damage of [() => rmSync(path), () => writeFileSync(path, ' \n')]) {
      damage();
      const refused = read();
      assert.ok('problems' in refused);
      assert.deepEqual(
        refused.problems.map(({ where }) => where),
        [name],
      );
      writeFileSync(path, '{"metrics": {"max_series": 8}}');
      const again = read();
      assert.equal('settings' in again && again.settings.metrics.maxSeries, 8);
    }
  }
});

test('a missing default file may stay missing; once it exists it is read, and required from then on', () => {
  using folder = openTemporaryFolder({ 'config/other': '' });
  const read = openSettingsReader({ flags: [], env: {}, cwd: folder.path, forServing: false });
  assert.ok('settings' in read());
  writeFileSync(join(folder.path, FILE), '{"metrics": {"max_series": 7}}');
  assert.ok('settings' in read());
  rmSync(join(folder.path, FILE));
  assert.ok('problems' in read());
});

function settingsOf(env: Readonly<Record<string, string>>): Settings {
  const loaded = loadSettings({ flags: [], env, cwd: '/nonexistent', forServing: false });
  assert.ok('settings' in loaded, JSON.stringify(loaded));
  return loaded.settings;
}

/** A value other than the default, for each setting that can have one on its own. */
const EXAMPLES = listSettings().flatMap(({ name, kind, default: byDefault, secret, applies }) => {
  const change = { name, variable: environmentNameOf(name), text: kind.example, applies };
  return secret || kind.example === byDefault || !canStandAlone(change) ? [] : [change];
});

function canStandAlone({ variable, text }: { readonly variable: string; readonly text: string }): boolean {
  const options = { flags: [], env: { [variable]: text }, cwd: '/nonexistent', forServing: false };
  return 'settings' in loadSettings(options);
}

test('equal settings are no change, however they are written', () => {
  const first = settingsOf({ ANT_WATCHER_WEBHOOK_IDLE_TIMEOUT: '1m30s', ANT_WATCHER_API_TOKENS: 'a\nb' });
  const second = settingsOf({
    ANT_WATCHER_WEBHOOK_IDLE_TIMEOUT: '90s',
    ANT_WATCHER_API_TOKENS: 'a\r\nb\r\n',
  });
  const { settings, ...changes } = changeSettings(first, second);
  assert.deepEqual(changes, { applied: [], needsRestart: [] });
  assert.deepEqual(settings, first);
});

test('reloadable settings change, others keep their value, and each change is named once', () => {
  assert.ok(EXAMPLES.length > 20);
  const before = settingsOf({});
  fc.assert(
    fc.property(fc.subarray(EXAMPLES), (changed) => {
      const variables = (some: typeof changed) =>
        Object.fromEntries(some.map(({ variable, text }) => [variable, text]));
      const reloadable = changed.filter(({ applies }) => applies === 'reload');
      const { settings, applied, needsRestart } = changeSettings(before, settingsOf(variables(changed)));
      assert.deepEqual(settings, settingsOf(variables(reloadable)));
      const names = changed.map(({ name }) => name);
      assert.deepEqual([...applied, ...needsRestart].toSorted(), names.toSorted());
      assert.deepEqual(applied.toSorted(), reloadable.map(({ name }) => name).toSorted());
    }),
  );
});

test('a webhook secret can be replaced, but neither added nor removed', () => {
  const none = settingsOf({});
  const one = settingsOf({ ANT_WATCHER_WEBHOOK_SECRET: 'secret-one' });
  const two = settingsOf({ ANT_WATCHER_WEBHOOK_SECRET: 'secret-two' });
  assert.deepEqual(changeSettings(one, two).settings.webhook.secrets, ['secret-two']);
  for (const [before, after] of [
    [none, one],
    [one, none],
  ] as const) {
    const { settings, needsRestart } = changeSettings(before, after);
    assert.deepEqual(settings.webhook.secrets, before.webhook.secrets);
    assert.deepEqual(needsRestart, ['webhook.secret']);
  }
});
