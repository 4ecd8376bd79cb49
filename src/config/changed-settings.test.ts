import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { changeSettings } from './changed-settings.ts';
import { loadSettings } from './load-settings.ts';
import { environmentNameOf } from './setting.ts';
import { listSettings, type Settings } from './settings.ts';

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
