import assert from 'node:assert/strict';
import { test } from 'node:test';
import { environmentNameOf, flagOf, type Setting } from './setting.ts';
import { listSettings, SETTINGS } from './settings.ts';

test('the name in the code is the public name plus the unit', () => {
  for (const [group, settings] of Object.entries(SETTINGS)) {
    const members: [string, Setting<unknown>][] = Object.entries(settings);
    for (const [key, { name, kind }] of members) {
      const snake = key
        .replace(/(Ms|Bytes|Percent)$/, '')
        .replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
      // What may have several values may be a plural in the code.
      const isList = [[], [kind.example]].some((texts) => Array.isArray(kind.read(texts)));
      const names = isList ? [name, `${name}s`] : [name];
      assert.ok(names.includes(name.includes('.') ? `${group}.${snake}` : snake), name);
    }
  }
});

test('names, variables and flags are unique', () => {
  const settings = listSettings();
  for (const nameOf of [environmentNameOf, flagOf]) {
    assert.equal(new Set(settings.map((each) => nameOf(each.name))).size, settings.length);
  }
});

test('every default and every example is valid', () => {
  for (const { name, kind, default: byDefault, secret } of listSettings()) {
    if (byDefault !== null) assert.notEqual(kind.read([byDefault]), undefined, name);
    if (!secret) assert.notEqual(kind.read([kind.example]), undefined, name);
  }
});

test('no secret has a default', () => {
  assert.deepEqual(
    listSettings()
      .filter((each) => each.secret)
      .map((each) => [each.name, each.default]),
    [
      ['webhook.secret', null],
      ['api.tokens', null],
      ['api.basic_auth', null],
      ['storage.password', null],
      ['push.token', null],
      ['push.basic_auth', null],
      ['push.headers', null],
      ['sinks', null],
      ['otlp.headers', null],
      ['github.token', null],
      ['github.app_private_key', null],
    ],
  );
});
