import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reachable, urlOf } from './ask-listener.ts';

test('a listener on all addresses is asked on the loopback address', () => {
  assert.deepEqual(['0.0.0.0', '::', '::1', 'localhost'].map(reachable), [
    '127.0.0.1',
    '[::1]',
    '[::1]',
    'localhost',
  ]);
  assert.equal(urlOf({ host: 'fe80::1', port: 9876, isSecure: true }), 'https://[fe80::1]:9876');
});
