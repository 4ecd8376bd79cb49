import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readQuery, readTarget } from './target.ts';

test('a path is decoded once, and what stands between its slashes stays there', () => {
  const parts = fc.array(fc.string({ unit: 'grapheme', maxLength: 8 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(parts, fc.constantFrom('', '?', '?a=%zz&b', '#c?d'), (segments, rest) => {
      const target = `/${segments.map(encodeURIComponent).join('/')}`;
      const read = readTarget(target + rest);
      assert.equal(read?.last, segments.at(-1));
      assert.equal(read?.path.split('/').length, segments.length + 1);
      assert.equal(read?.path, `${read?.parent}${decodeURI(target.slice(target.lastIndexOf('/') + 1))}`);
      assert.equal(read?.search, rest.slice(1));
    }),
  );
});

test('whatever a client sends, it is a path or it is not', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary-ascii' }), (target) => {
      const read = readTarget(target);
      if (read !== null) assert.ok(read.path !== '' && read.path.startsWith(read.parent));
    }),
  );
  for (const wrong of ['/%', '/%zz', '/a/%ff', '/%C3%28/b', '/a%2', '/%u0041'])
    assert.equal(readTarget(wrong), null, wrong);
});

test('a proxy may put scheme and host in front', () => {
  for (const [target, path, search] of [
    ['http://host/metrics?a', '/metrics', 'a'],
    ['HTTPS://user@host:8/metrics#a', '/metrics', 'a'],
    ['http://host', '/', ''],
    ['http://host?x=/livez', '/', 'x=/livez'],
    ['http://host#/livez', '/', '/livez'],
    ['/http://host/metrics', '/http://host/metrics', ''],
    ['ftp://host/metrics', 'ftp://host/metrics', ''],
    ['//host/metrics', '//host/metrics', ''],
    ['*', '*', ''],
  ] as const) {
    const read = readTarget(target);
    assert.deepEqual([read?.path, read?.search], [path, search], target);
  }
});

test('a query has all values of each name, whatever the names are', () => {
  const pairs = fc.array(
    fc.tuple(fc.constantFrom('a', '__proto__', 'constructor', '?a', 'b c', 'é'), fc.string()),
  );
  fc.assert(
    fc.property(pairs, (given) => {
      const search = given.map((pair) => pair.map(encodeURIComponent).join('=')).join('&');
      const query = readQuery(search);
      assert.deepEqual(Object.keys(query).sort(), [...new Set(given.map(([name]) => name))].sort());
      for (const [name, values] of Object.entries(query)) {
        const expected = given.filter(([each]) => each === name).map(([, value]) => value);
        assert.deepEqual(values, expected);
      }
    }),
  );
  assert.deepEqual({ ...readQuery('a=1+2&&b&a=%zz&a=x=y') }, { a: ['1 2', '%zz', 'x=y'], b: [''] });
});
