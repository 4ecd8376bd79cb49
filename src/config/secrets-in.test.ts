import assert from 'node:assert/strict';
import { test } from 'node:test';
import { secretsIn } from './secrets-in.ts';
import { listSettings } from './settings.ts';

function found(name: string, ...texts: string[]): string[] {
  const setting = listSettings().find((each) => each.name === name);
  assert.ok(setting !== undefined);
  return secretsIn(setting, { name, texts, from: 'test' });
}

test('each line of a secret is a secret, and so is the part after its first colon', () => {
  assert.deepEqual(
    new Set(found('webhook.secret', 'one\r\ntwo\n', 'three')),
    new Set(['one', 'two', 'three']),
  );
  assert.deepEqual(found('push.basic_auth', 'ant:pass:word'), ['ant:pass:word', 'pass:word']);
  assert.deepEqual(found('push.headers', 'X-Key: abc'), ['X-Key: abc', 'abc']);
});

test('a private key is recognised by its lines, also with escaped line ends', () => {
  const key = ['-----BEGIN PRIVATE KEY-----', 'MIIE', 'AbCd', '-----END PRIVATE KEY-----'];
  for (const end of ['\n', '\\n']) {
    assert.deepEqual(new Set(found('github.app_private_key', key.join(end))), new Set(['MIIE', 'AbCd']));
  }
});

test('in other settings, passwords in URLs are secrets, as written and decoded', () => {
  assert.deepEqual(found('push.url', 'http://u:p%40ss@a:1, b=https://v:word@b/?x'), [
    'p%40ss',
    'p@ss',
    'word',
    'word',
  ]);
  assert.deepEqual(found('push.url', 'http://a:8428/?api_key=one&env=two'), ['', '', 'one']);
  assert.deepEqual(found('webhook.path', '/webhook'), []);
});
