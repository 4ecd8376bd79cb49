import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as kinds from './kinds.ts';

function reads(kind: kinds.Kind<unknown>, accepted: string[], refused: string[]): void {
  for (const text of accepted) assert.notEqual(kind.read([text]), undefined, text);
  for (const text of refused) assert.equal(kind.read([text]), undefined, text);
}

test('ports are whole numbers from 0 to 65535', () => {
  reads(kinds.port(), ['0', '8080', '65535'], ['', '-1', '65536', '80a0', '8080 ', '1e3', '0x50', '80.0']);
  assert.match(kinds.port().advise?.('tcp://10.0.0.1:8080') ?? '', /enableServiceLinks/);
});

test('a single value cannot be a list', () => {
  assert.equal(kinds.port().read(['1', '2']), undefined);
  assert.equal(kinds.port().read([]), undefined);
});

test('limits of durations and sizes are inclusive', () => {
  reads(kinds.duration({ min: '1s', max: '1m' }), ['1s', '60s', '1m'], ['999ms', '61s', '10']);
  reads(kinds.size({ min: '1KiB', max: '1MiB' }), ['1KiB', '1024KiB'], ['1023B', '2MiB', '1024']);
  assert.equal(kinds.duration().read(['25d']), undefined, 'a timer of Node.js would fire at once');
});

test('a missing or decimal unit is corrected in the hint', () => {
  assert.match(kinds.duration().advise?.('10') ?? '', /10s or 10ms/);
  const { advise } = kinds.size({ min: '0B', max: '1GiB' });
  for (const [text, hint] of [
    ['25', '25B'],
    ['25MB', '25MiB'],
    ['25m', '25MiB'],
    ['5kb', '5KiB'],
    ['1G', '1GiB'],
  ] as const) {
    assert.ok(advise?.(text)?.endsWith(hint), text);
  }
});

test('hosts have neither port nor scheme', () => {
  reads(
    kinds.host(),
    ['0.0.0.0', '127.0.0.1', '::', '::1', 'localhost', 'a-b.example.com'],
    ['', '0.0.0.0:8080', 'http://localhost', '[::1]', 'a b', '-a'],
  );
});

test('paths begin with a slash and have no query', () => {
  reads(
    kinds.urlPath('/livez'),
    ['/', '/webhook', '/a/b-c_d.e~%20'],
    ['', 'webhook', '/a b', '/a?b', '/a#b', '/livez', '/ä'],
  );
});

test('storage is SQLite or memory', () => {
  reads(
    kinds.storageUrl(),
    ['memory:', 'sqlite:data/a.db', 'sqlite:/var/lib/a.db'],
    ['', 'sqlite:', 'sqlite://data/a.db', 'memory', 'data/a.db', 'postgres://localhost/a'],
  );
  assert.match(kinds.storageUrl().advise?.('sqlite:///a.db') ?? '', /without the two slashes/);
});

test('secrets are one per line and taken as they are', () => {
  const kind = kinds.secretLines();
  assert.deepEqual(kind.read(['one\n']), ['one']);
  assert.deepEqual(kind.read(['one\r\ntwo  ,;\n\nthree']), ['one', 'two  ,;', 'three']);
  assert.deepEqual(kind.read(['one', 'two\nthree']), ['one', 'two', 'three']);
  assert.deepEqual(kind.read([]), []);
});

test('a file that is not a secret is refused, and the message says what it is', () => {
  const kind = kinds.secretLines();
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
  const tokens = kinds.tokenLines();
  assert.equal(tokens.read(['one\nBearer two']), undefined);
  assert.match(tokens.advise?.('one\nbearer two') ?? '', /without the word Bearer/);
  assert.deepEqual(tokens.read(['bearers-token']), ['bearers-token']);
});

test('the placeholder of print-config is not a secret', () => {
  assert.equal(kinds.secretLines().read(['good', '<secret>']), undefined);
  assert.match(kinds.secretLines().advise?.('<secret>') ?? '', /put the secret itself/);
});
