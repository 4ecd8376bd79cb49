import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { readAppKeyText } from './app-key.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const PKCS1 = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
const PKCS8 = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

const STORED: Readonly<Record<string, (pem: string) => string>> = {
  'as GitHub has made it': (pem) => pem,
  'in double quotes': (pem) => `"${pem}"`,
  'in single quotes, with a line end behind': (pem) => `'${pem.trim()}'\n`,
  'on one line, with \\n': (pem) => pem.replaceAll('\n', '\\n'),
  'on one line, with \\r\\n': (pem) => pem.replaceAll('\n', '\\r\\n'),
  'on one line, with \\\\n of two shells': (pem) => pem.replaceAll('\n', '\\\\n'),
  'on one line, with blanks': (pem) => pem.replaceAll('\n', ' '),
  'quoted, on one line, with \\n': (pem) => `"${pem.replaceAll('\n', '\\n')}"`,
  'with line ends of Windows': (pem) => pem.replaceAll('\n', '\r\n'),
  'with line ends of an old Mac': (pem) => pem.replaceAll('\n', '\r'),
  indented: (pem) => pem.replaceAll(/^/gm, '    '),
  'without any line end': (pem) => pem.replaceAll('\n', ''),
  'with a byte order mark': (pem) => `\uFEFF${pem}`,
  'as base64': (pem) => Buffer.from(pem).toString('base64'),
  'as base64 in lines': (pem) => Buffer.from(pem).toString('base64').replaceAll(/.{76}/g, '$&\n'),
  'below some attributes': (pem) => `Bag Attributes\n    friendlyName: app\n${pem}`,
};

for (const [how, store] of Object.entries(STORED))
  test(`a key stored ${how} is accepted, PKCS#1 and PKCS#8`, () => {
    for (const pem of [PKCS1, PKCS8]) assert.deepEqual(readAppKeyText(store(pem)), { pem });
  });

test('a key is accepted whatever letters it contains', () => {
  for (const word of ['DSA', 'EC']) {
    const pem = keyWith(word);
    assert.deepEqual(readAppKeyText(pem), { pem });
  }
});

/** A key whose text contains this word. Small ones are made fast. */
function keyWith(word: string): string {
  for (;;) {
    const key = generateKeyPairSync('rsa', { modulusLength: 512 }).privateKey;
    const pem = key.export({ type: 'pkcs1', format: 'pem' }).toString();
    if (pem.includes(word)) return pem;
  }
}

test('the base64 text between the first and the last line is accepted as a key', () => {
  for (const pem of [PKCS1, PKCS8])
    assert.deepEqual(readAppKeyText(pem.replaceAll(/-----.*-----\n/g, '')), { pem: PKCS1 });
});

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const encrypted = { format: 'pem', cipher: 'aes-256-cbc', passphrase: 'hunter2' } as const;

const REFUSED: readonly (readonly [what: string, text: string, hint: RegExp])[] = [
  ['the public key', publicKey.export({ type: 'spki', format: 'pem' }).toString(), /the public key/],
  ['a certificate', '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----', /a certificate/],
  ['an encrypted key', privateKey.export({ type: 'pkcs8', ...encrypted }).toString(), /openssl rsa/],
  ['an encrypted key of old', privateKey.export({ type: 'pkcs1', ...encrypted }).toString(), /openssl rsa/],
  [
    'a key of SSH',
    '-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n-----END OPENSSH PRIVATE KEY-----',
    /another kind/,
  ],
  ['an EC key', ec.export({ type: 'sec1', format: 'pem' }).toString(), /another kind/],
  ['an EC key in PKCS#8', ec.export({ type: 'pkcs8', format: 'pem' }).toString(), /no RSA key/],
  ['the fingerprint', 'SHA256:2nvxUGKGmDPfVcaPLLhYFZpZqXd3ZGxVk9uk6kfbVZE=', /fingerprint/],
  ['the client secret', '0123456789abcdef0123456789abcdef01234567', /client secret/],
  ['a token', 'ghp_0123456789', /github\.token/],
  ['a path', '/run/secrets/app.pem', /_FILE/],
  ['a relative path', 'app.private-key.pem', /_FILE/],
  ['a key that is cut off', PKCS1.slice(0, 500), /END … is missing/],
  ['only its first line', '-----BEGIN RSA PRIVATE KEY-----', /END … is missing/],
  ['a damaged key', PKCS1.replace(/\n[A-Za-z0-9+/]{64}\n/, '\n'), /the whole file/],
  ['a file in UTF-16', Buffer.from(`\uFEFF${PKCS1}`, 'utf16le').toString(), /not text in UTF-8/],
  ['something else', 'hunter2', /_FILE/],
];

for (const [what, text, hint] of REFUSED)
  test(`${what} instead of the key is refused, and the message says what it is`, () => {
    const read = readAppKeyText(text);
    assert.ok('hint' in read);
    assert.match(read.hint, hint);
    assert.doesNotMatch(read.hint, /hunter2|MIIB/);
  });
