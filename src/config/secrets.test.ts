import assert from 'node:assert/strict';
import { test } from 'node:test';
import { secretLines, secretsIn, tokenLines } from './secrets.ts';
import { listSettings } from './settings.ts';

function found(name: string, ...texts: string[]): string[] {
  const setting = listSettings().find((each) => each.name === name);
  assert.ok(setting !== undefined);
  return secretsIn({ setting, texts, from: 'test' });
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

test('secrets are one per line and taken as they are', () => {
  const kind = secretLines();
  assert.deepEqual(kind.read(['one\n']), ['one']);
  assert.deepEqual(kind.read(['one\r\ntwo  ,;\n\nthree']), ['one', 'two  ,;', 'three']);
  assert.deepEqual(kind.read(['one', 'two\nthree']), ['one', 'two', 'three']);
  assert.deepEqual(kind.read([]), []);
});

test('a file that is not a secret is refused, and the message says what it is', () => {
  const kind = secretLines();
  const utf16 = Buffer.from('\uFEFFsecret\r\n', 'utf16le').toString('utf8');
  for (const [text, advice] of [
    [utf16, /save the file as UTF-8/],
    ['secret\0', /save the file as UTF-8/],
    ['one\nsecret ', /begins or ends with a blank/],
    ['\tsecret', /begins or ends with a blank/],
    ['secret\uFEFF', /invisible character/],
    ['sec\u200Bret', /invisible character/],
    ['   ', /blank/],
  ] as const) {
    assert.equal(kind.read([text]), undefined, JSON.stringify(text));
    assert.match(kind.advise?.(text) ?? '', advice);
  }
  const tokens = tokenLines();
  assert.equal(tokens.read(['one\nBearer two']), undefined);
  assert.match(tokens.advise?.('one\nbearer two') ?? '', /without the word Bearer/);
  assert.deepEqual(tokens.read(['bearers-token']), ['bearers-token']);
});

test('the placeholder of print-config is not a secret', () => {
  assert.equal(secretLines().read(['good', '<secret>']), undefined);
  assert.match(secretLines().advise?.('<secret>') ?? '', /put the secret itself/);
});
