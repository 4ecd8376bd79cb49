import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import * as kinds from './kinds.ts';
import { host, port } from './listeners.ts';
import { storageUrl } from './storage-settings.ts';
import { urlPaths } from './webhook-settings.ts';

function reads(kind: kinds.Kind<unknown>, accepted: string[], refused: string[]): void {
  for (const text of accepted) assert.notEqual(kind.read([text]), undefined, text);
  for (const text of refused) assert.equal(kind.read([text]), undefined, text);
}

test('ports are whole numbers from 0 to 65535', () => {
  reads(port(), ['0', '8080', '65535'], ['', '-1', '65536', '80a0', '8080 ', '1e3', '0x50', '80.0']);
  assert.match(port().advise?.('tcp://10.0.0.1:8080') ?? '', /enableServiceLinks/);
});

test('a single value cannot be a list', () => {
  assert.equal(port().read(['1', '2']), undefined);
  assert.equal(port().read([]), undefined);
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
    host(),
    ['0.0.0.0', '127.0.0.1', '::', '::1', 'localhost', 'a-b.example.com'],
    ['', '0.0.0.0:8080', 'http://localhost', '[::1]', 'a b', '-a'],
  );
});

test('paths begin with a slash and have no query; there is one or more, or any', () => {
  reads(
    urlPaths('/livez'),
    ['/', '/webhook', '/a/b-c_d.e~%20', '/webhook, /gh_event,/github', '*', '/*'],
    [
      '',
      ',',
      'webhook',
      '/a b',
      '/a?b',
      '/a#b',
      '/livez',
      '/ä',
      '/webhook, github',
      '/webhook,/livez/',
      '**',
    ],
  );
  assert.deepEqual(urlPaths('/livez').read(['/webhook, /gh_event', '/webhook']), ['/webhook', '/gh_event']);
});

test('storage is SQLite, a server or memory', () => {
  reads(
    storageUrl(),
    ['memory:', 'sqlite:data/a.db', 'sqlite:/var/lib/a.db'],
    ['', 'sqlite:', 'sqlite://data/a.db', 'memory', 'data/a.db', 'postgres://localhost/a'],
  );
  assert.match(storageUrl().advise?.('sqlite:///a.db') ?? '', /without the two slashes/);
});

test('durations are whole numbers with units from largest to smallest', () => {
  const cases: [string, number | undefined][] = [
    ['250ms', 250],
    ['10s', 10_000],
    ['15m', 900_000],
    ['1h30m', 5_400_000],
    ['1d2h3m4s5ms', 93_784_005],
    ['90m', 5_400_000],
    ['0s', 0],
  ];
  for (const [text, ms] of cases) assert.equal(kinds.parseDurationMs(text), ms, text);
  const wrong = [
    '',
    '10',
    's',
    '1.5s',
    '-1s',
    '30m1h',
    '1s1s',
    '10 s',
    ' 10s',
    '10S',
    '1h 30m',
    '10sec',
    `${'9'.repeat(17)}s`,
  ];
  for (const text of wrong) assert.equal(kinds.parseDurationMs(text), undefined, text);
});

test('a duration is the sum of its parts', () => {
  const part = fc.nat(10_000);
  fc.assert(
    fc.property(part, part, part, part, (h, m, s, ms) => {
      assert.equal(kinds.parseDurationMs(`${h}h${m}m${s}s${ms}ms`), ((h * 60 + m) * 60 + s) * 1000 + ms);
    }),
  );
});

test('sizes are a whole number with a unit based on 1024', () => {
  const cases: [string, number | undefined][] = [
    ['0B', 0],
    ['512KiB', 524_288],
    ['25MiB', 26_214_400],
    ['2GiB', 2_147_483_648],
  ];
  for (const [text, bytes] of cases) assert.equal(kinds.parseSizeBytes(text), bytes, text);
  for (const text of ['', '25', '25MB', '25M', '1.5GiB', '-1KiB', '1 KiB', '1kib', `${'9'.repeat(16)}B`]) {
    assert.equal(kinds.parseSizeBytes(text), undefined, text);
  }
});
