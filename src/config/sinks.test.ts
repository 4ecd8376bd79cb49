import assert from 'node:assert/strict';
import { test } from 'node:test';
import { extraLabels, headerLines, protocols, receiverUrls } from './push-kinds.ts';
import { sinkProblems, sinksOf } from './sinks.ts';

const ONE = {
  url: [{ name: null, url: 'http://vm:8428' }],
  protocol: ['victoriametrics'],
  basicAuths: [],
  bearerTokens: [],
} as const;
const THREE = {
  ...ONE,
  url: [
    { name: 'main', url: 'http://a' },
    { name: null, url: 'http://b' },
    { name: null, url: 'http://c' },
  ],
} as const;

test('one value applies to all receivers, several values apply to each in order', () => {
  assert.deepEqual(
    sinksOf({ ...THREE, basicAuths: ['u:p:q'] }).map(({ name, protocol, basicAuth }) => [
      name,
      protocol,
      basicAuth,
    ]),
    [
      ['main', 'victoriametrics', { username: 'u', password: 'p:q' }],
      ['victoriametrics', 'victoriametrics', { username: 'u', password: 'p:q' }],
      ['victoriametrics-2', 'victoriametrics', { username: 'u', password: 'p:q' }],
    ],
  );
  const mixed = sinksOf({
    ...THREE,
    protocol: ['victoriametrics', 'remote_write', 'victoriametrics'],
    bearerTokens: ['-', 'secret', '-'],
  });
  assert.deepEqual(
    mixed.map(({ name, protocol, bearerToken }) => [name, protocol, bearerToken]),
    [
      ['main', 'victoriametrics', null],
      ['remote_write', 'remote_write', 'secret'],
      ['victoriametrics', 'victoriametrics', null],
    ],
  );
});

test('an explicit name is kept, even when another receiver would get it from its protocol', () => {
  const url = [
    { name: null, url: 'http://a' },
    { name: 'victoriametrics', url: 'http://b' },
  ];
  assert.deepEqual(
    sinksOf({ ...ONE, url }).map(({ name }) => name),
    ['victoriametrics-2', 'victoriametrics'],
  );
});

test('lists of the wrong length, duplicate names, and two ways to log in are problems', () => {
  const settingsOf = (push: Parameters<typeof sinkProblems>[0]) =>
    sinkProblems(push).map(({ setting }) => setting);
  assert.deepEqual(settingsOf(ONE), []);
  assert.deepEqual(settingsOf({ ...THREE, protocol: ['remote_write', 'remote_write'] }), ['push.protocol']);
  assert.deepEqual(settingsOf({ ...THREE, bearerTokens: ['a', 'b'] }), ['push.bearer_token']);
  assert.deepEqual(settingsOf({ ...THREE, url: [THREE.url[0], THREE.url[0]] }), ['push.url']);
  assert.deepEqual(settingsOf({ ...ONE, basicAuths: ['u:p'], bearerTokens: ['t'] }), ['push.bearer_token']);
  for (const basicAuths of [['u'], ['u:p', '-', 'p']])
    assert.deepEqual(settingsOf({ ...THREE, basicAuths }), ['push.basic_auth']);
  const withUser = { ...THREE, url: [{ name: null, url: 'http://u:p@a' }, ...THREE.url.slice(1)] };
  assert.deepEqual(settingsOf({ ...withUser, bearerTokens: ['t'] }), ['push.bearer_token']);
  assert.deepEqual(settingsOf({ ...withUser, bearerTokens: ['-', 't', 't'] }), []);
  assert.deepEqual(settingsOf({ ...withUser, basicAuths: ['u:p'] }), []);
  const apart = { ...THREE, basicAuths: ['u:p', '-', '-'], bearerTokens: ['-', 't', '-'] };
  assert.deepEqual(settingsOf(apart), []);
});

test('URLs may have names, and are separated by commas', () => {
  const { read } = receiverUrls();
  assert.deepEqual(read(['']), []);
  assert.deepEqual(read(['http://vm:8428/insert/0/prometheus?a=b,c']), [
    { name: null, url: 'http://vm:8428/insert/0/prometheus?a=b,c' },
  ]);
  assert.deepEqual(read(['vm=http://vm:8428, https://u:p@x/y?z=1,two-2=http://[::1]:9']), [
    { name: 'vm', url: 'http://vm:8428' },
    { name: null, url: 'https://u:p@x/y?z=1' },
    { name: 'two-2', url: 'http://[::1]:9' },
  ]);
  for (const text of ['vm:8428', 'ftp://x', 'http://', 'a b=http://x', 'http://x:99999']) {
    assert.equal(read([text]), undefined, text);
  }
  assert.equal(receiverUrls().advise?.('vm:8428'), 'write http://vm:8428');
});

test('protocols, labels and headers are parsed one by one', () => {
  assert.deepEqual(protocols().read(['remote_write, victoriametrics']), ['remote_write', 'victoriametrics']);
  assert.equal(protocols().read(['graphite']), undefined);
  assert.equal(protocols().read(['']), undefined);
  assert.deepEqual(extraLabels().read(['a=b=c, d = e']), [
    ['a', 'b=c'],
    ['d', 'e'],
  ]);
  for (const text of ['a', '=b', 'a=', '__name__=x', 'a-b=c', 'a=b, le=1', 'quantile=1'])
    assert.equal(extraLabels().read([text]), undefined, text);
  assert.match(extraLabels().advise?.('a=b, le=1') ?? '', /leave out le/);
  assert.deepEqual(headerLines().read(['X-Scope-OrgID: ci\nA:b']), [
    ['X-Scope-OrgID', 'ci'],
    ['A', 'b'],
  ]);
  for (const text of ['no', 'a b: c', ': x', 'X:']) assert.equal(headerLines().read([text]), undefined, text);
});
