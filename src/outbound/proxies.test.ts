import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_PROXIES, nameOfProxy, proxyFor } from './proxies.ts';

const PROXIES = { http: 'http://plain.corp:3128', https: 'http://secure.corp:3128', except: [] };

function goesDirect(url: string, ...except: string[]): boolean {
  return proxyFor(new URL(url), { ...PROXIES, except }) === null;
}

test('each scheme has its own proxy, or none', () => {
  assert.equal(proxyFor(new URL('https://api.github.com'), PROXIES)?.host, 'secure.corp:3128');
  assert.equal(proxyFor(new URL('http://vm:8428'), PROXIES)?.host, 'plain.corp:3128');
  assert.equal(proxyFor(new URL('http://vm:8428'), { ...PROXIES, http: null }), null);
  assert.equal(proxyFor(new URL('https://vm'), NO_PROXIES), null);
});

test('this machine is always reached without a proxy', () => {
  for (const host of [
    'localhost',
    'LOCALHOST',
    'localhost.',
    'a.localhost',
    '127.0.0.1',
    '127.9.9.9',
    '[::1]',
  ])
    assert.ok(goesDirect(`http://${host}:9876`), host);
  assert.ok(!goesDirect('http://localhost.example'));
});

// What curl and Go treat as a match; where they differ, what at least one of them does.
const EXCEPTED: readonly (readonly [entry: string, url: string])[] = [
  ['*', 'https://api.github.com'],
  ['corp.example', 'https://corp.example'],
  ['corp.example', 'https://github.corp.example'],
  ['.corp.example', 'https://github.corp.example'],
  ['.corp.example', 'https://corp.example'],
  ['*.corp.example', 'https://github.corp.example'],
  ['CORP.Example', 'https://github.corp.EXAMPLE'],
  ['corp.example.', 'https://github.corp.example'],
  ['corp.example', 'https://github.corp.example.'],
  ['github.corp.example:8443', 'https://github.corp.example:8443'],
  ['github.corp.example:443', 'https://github.corp.example'],
  ['vm.corp.example:80', 'http://vm.corp.example'],
  ['192.0.2.7', 'http://192.0.2.7:8428'],
  ['192.0.2.7:8428', 'http://192.0.2.7:8428'],
  ['192.0.2.0/24', 'http://192.0.2.7'],
  ['10.0.0.0/8', 'http://10.1.2.3'],
  ['2001:db8::1', 'http://[2001:db8::1]'],
  ['[2001:db8::1]', 'http://[2001:db8::1]'],
  ['[2001:db8::1]:8428', 'http://[2001:db8::1]:8428'],
  ['2001:db8::/32', 'http://[2001:db8:9::1]:8428'],
];

const OTHERS: readonly (readonly [entry: string, url: string])[] = [
  ['corp.example', 'https://evilcorp.example'],
  ['corp.example', 'https://corp.example.org'],
  ['github.corp.example', 'https://corp.example'],
  ['github.corp.example:8443', 'https://github.corp.example'],
  ['192.0.2.0/24', 'http://192.0.3.7'],
  ['192.0.2.7', 'http://192.0.2.70'],
  ['10.0.0.0/8', 'http://10.example'],
  ['2001:db8::/32', 'http://[2001:db9::1]'],
  ['[2001:db8::1]:8428', 'http://[2001:db8::1]:8429'],
  ['', 'https://api.github.com'],
  ['.', 'https://api.github.com'],
  ['10.0.0.0/99', 'http://10.1.2.3'],
];

for (const [entry, url] of EXCEPTED)
  test(`NO_PROXY: ${entry} matches ${url}`, () => assert.ok(goesDirect(url, 'other.example', entry)));

for (const [entry, url] of OTHERS)
  test(`NO_PROXY: ${entry === '' ? 'nothing' : entry} does not match ${url}`, () =>
    assert.ok(!goesDirect(url, entry)));

test('the name of a proxy is shown without user and password', () => {
  assert.equal(nameOfProxy(new URL('http://bob:secret@proxy.corp:3128')), 'http://proxy.corp:3128');
});
