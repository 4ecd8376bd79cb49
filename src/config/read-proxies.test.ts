import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readProxies } from './read-proxies.ts';

test('lowercase variables take precedence over uppercase ones, and empty ones are unset', () => {
  const { proxies } = readProxies({
    HTTPS_PROXY: 'http://large:1',
    https_proxy: 'http://small:1',
    HTTP_PROXY: 'http://large:2',
    http_proxy: ' ',
    NO_PROXY: ' .corp, 10.0.0.0/8  localhost,,',
  });
  assert.deepEqual(proxies, {
    https: 'http://small:1/',
    http: 'http://large:2/',
    except: ['.corp', '10.0.0.0/8', 'localhost'],
  });
  assert.deepEqual(readProxies({}).proxies, { https: null, http: null, except: [] });
});

test('an address without a scheme means http, as in curl and Go', () => {
  assert.equal(readProxies({ HTTPS_PROXY: 'proxy.corp:81' }).proxies.https, 'http://proxy.corp:81/');
  assert.equal(
    readProxies({ HTTPS_PROXY: 'bob:pw@proxy.corp:81' }).proxies.https,
    'http://bob:pw@proxy.corp:81/',
  );
  assert.equal(readProxies({ HTTPS_PROXY: 'https://proxy.corp' }).proxies.https, 'https://proxy.corp/');
});

test('an invalid HTTP proxy is refused, naming its variable and not its value', () => {
  const bad: readonly (readonly [value: string, what: RegExp, hint: RegExp])[] = [
    ['socks5://hunter2:1080', /SOCKS/, /a proxy for HTTP/],
    ['SOCKS5H://hunter2:1080', /SOCKS/, /a proxy for HTTP/],
    ['"http://hunter2:3128"', /must be the URL/, /without quotes/],
    ['http://bob:hunt#er2@proxy:3128', /must be the URL/, /%23 for #/],
    ['http://bob:hunt/er2@proxy:3128', /must be the URL/, /%2F for \//],
    ['http://bob:hunter2%@proxy:3128', /percent-encoded/, /%25/],
    ['ftp://hunter2', /must be the URL/, /for example http:\/\//],
    ['http://', /must be the URL/, /for example/],
    ['http://hunter2:99999', /must be the URL/, /for example/],
  ];
  for (const [value, what, hint] of bad) {
    const { proxies, problems } = readProxies({ https_proxy: value });
    assert.equal(proxies.https, null, value);
    assert.equal(problems[0]?.where, 'https_proxy');
    assert.match(problems[0]?.what ?? '', what);
    assert.match(problems[0]?.hint ?? '', hint);
    assert.doesNotMatch(JSON.stringify(problems), /hunter2/);
  }
});

test('the password is a secret as written, decoded, and together with its user', () => {
  const { secrets } = readProxies({
    HTTPS_PROXY: 'http://bob:p%40ssword@proxy:3128',
    HTTP_PROXY: 'http://proxy:3128',
  });
  assert.deepEqual(secrets, ['p%40ssword', 'p@ssword', 'bob:p@ssword']);
});
