import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSecretKey, redactSetting, redactText } from './redact.ts';

const MEGABYTE = 1024 ** 2;

test('GitHub tokens are removed from a text, whatever their kind and length', () => {
  for (const prefix of ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_']) {
    assert.equal(redactText(`before ${prefix}a1B2c3D4e5_x.y-z after`), 'before <secret> after', prefix);
  }
  // Tokens of installations that are JWTs, of some 520 characters.
  const stateless = `ghs_123_eyJ${'aZ0'.repeat(60)}.eyJ${'b_-'.repeat(80)}.${'c1-'.repeat(50)}`;
  assert.equal(redactText(`"${stateless}"`), '"<secret>"');
});

test('private keys are removed, also escaped or truncated ones', () => {
  const body = 'MIIEowIBAAKCAQEA\n0Z3VS5JJcds3xfn/ygWyF8PbnGy\n';
  for (const kind of ['', 'RSA ', 'EC ', 'OPENSSH ']) {
    const pem = `-----BEGIN ${kind}PRIVATE KEY-----\n${body}-----END ${kind}PRIVATE KEY-----`;
    assert.equal(redactText(`key: ${pem} end`), 'key: <secret> end');
    assert.equal(redactText(JSON.stringify(pem)), '"<secret>"');
    assert.equal(redactText(pem.slice(0, 60)), '<secret>');
  }
});

test('passwords in URLs are removed, and other URLs stay', () => {
  const cases: [string, string][] = [
    ['postgres://ant:hunter2@db:5432/ant', 'postgres://<secret>@db:5432/ant'],
    ['at https://u:p/w?x#y@h/ end', 'at https://<secret>@h/ end'],
    ['https://hunter2@github.com/o/r', 'https://<secret>@github.com/o/r'],
    ['http://127.0.0.1:8428/api/v1/write', 'http://127.0.0.1:8428/api/v1/write'],
    ['http://h:8428/a@b', 'http://h:8428/a@b'],
    ['https://github.com/o/r/blob/main/a@b', 'https://github.com/o/r/blob/main/a@b'],
    ['mail a@b.c', 'mail a@b.c'],
  ];
  for (const [text, expected] of cases) assert.equal(redactText(text), expected);
});

test('secret headers in a text are removed', () => {
  const cases: [string, string][] = [
    ['Authorization: token abc\nnext', 'Authorization: <secret>\nnext'],
    ['got Bearer abcdefghijklmnop.qrst', 'got Bearer <secret>'],
    ['basic authentication', 'basic authentication'],
    [`sha256=${'0a'.repeat(32)} differs`, 'sha256=<secret> differs'],
    ['X-Hub-Signature: sha1=12\nnext', 'X-Hub-Signature: <secret>\nnext'],
    ['Set-Cookie: a=b; c', 'Set-Cookie: <secret>'],
    ['{\\"authorization\\":\\"token x\\"}', '{\\"authorization\\":<secret>'],
    ['eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiIxMjMifQ.c2lnbmF0dXJl', '<secret>'],
  ];
  for (const [text, expected] of cases) assert.equal(redactText(text), expected);
});

test('keys whose values are secrets are recognised in every spelling', () => {
  for (const key of [
    'secret',
    'webhookSecrets',
    'github_token',
    'apiTokens',
    'authorization',
    'Proxy-Authorization',
    'X-Hub-Signature-256',
    'x-hub-signature',
    'app_private_key',
    'set-cookie',
    'password',
  ]) {
    assert.ok(isSecretKey(key), key);
  }
  for (const key of ['delivery', 'event', 'tokenCount', 'signatureKind', 'port', 'key', 'err'])
    assert.ok(!isSecretKey(key), key);
});

test('values whose names say that they are secrets are removed', () => {
  const cases: [string, string][] = [
    [
      '302 redirects to https://sso/?token=abc&next=/x',
      '302 redirects to https://sso/?token=<secret>&next=/x',
    ],
    ['nope token=abc', 'nope token=<secret>'],
    ['http://x?key=a,b,c=d#e and so on', 'http://x?key=<secret> and so on'],
    ['http://x?sig=a,y=https://y?b=1', 'http://x?sig=<secret>,y=https://y?b=1'],
    ['{"why":"password=\\"a\\"","n":1}', '{"why":"password=\\"<secret>\\"","n":1}'],
    ["passwd='a' is wrong", "passwd='<secret>' is wrong"],
    ['key=<secret>', 'key=<secret>'],
    ['tokens=5 keys=7 key = 1 sign=2', 'tokens=5 keys=7 key = 1 sign=2'],
  ];
  for (const [text, expected] of cases) assert.equal(redactText(text), expected);
  for (const name of [
    'api_key',
    'apiKey',
    'access-token',
    'CLIENT_SECRET',
    'X-Amz-Signature',
    'db.password',
    'sig',
  ])
    assert.equal(redactText(`${name}=a1%2F`), `${name}=<secret>`);
});

test('in settings only query parameters are secret by their name', () => {
  const setting = 'turkey=release/*; gpu-key=linux_4_core, token=http://vm:8428/?x=y';
  assert.equal(redactSetting(setting), setting);
  assert.equal(
    redactSetting('key=http://u:p@x?a=b&API_KEY=KKEY, http://y?token=t,key=http://z?x-sig=1'),
    'key=http://<secret>@x?a=b&API_KEY=<secret> http://y?token=<secret>,key=http://z?x-sig=<secret>',
  );
});

test('a hostile text of a megabyte is processed quickly: quadratic work would take hours', () => {
  const parts = [
    'a',
    'a://',
    'http://a:',
    '-----BEGIN PRIVATE KEY-----',
    '-----BEGIN PRIVATE KEY ',
    'BEGIN A PRIVATE KEY',
    'key=',
    '?a',
    ',a',
    ',http:',
    'eyJaaaaaaaa-',
    'eyJaaaaaaaa.',
    'ghp_',
    'ghp_-',
    'sha256=0',
    'authorization ',
    'bearer \t',
    'x-hub-signature"  ',
    '\\"',
  ];
  for (const part of parts) {
    for (const start of ['', '?token=', 'authorization', 'http://u:']) {
      const text = start + part.repeat(MEGABYTE / part.length);
      assert.ok(redactText(text).length <= 3 * text.length);
      redactSetting(text);
    }
  }
});
