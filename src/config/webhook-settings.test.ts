import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addresses, allowedAddresses } from './webhook-settings.ts';

test('addresses, ranges and "github" can be mixed', () => {
  assert.deepEqual(allowedAddresses().read(['github, 192.0.2.7,,2001:DB8::/32', '::ffff:10.0.0.0/104']), {
    github: true,
    ranges: [
      { address: '192.0.2.7', prefixLength: 32, family: 'ipv4' },
      { address: '2001:db8::', prefixLength: 32, family: 'ipv6' },
      { address: '10.0.0.0', prefixLength: 8, family: 'ipv4' },
    ],
  });
  assert.deepEqual(allowedAddresses().read(['']), { github: false, ranges: [] });
  assert.deepEqual(addresses().read([' 10.0.0.0/8 ']), [
    { address: '10.0.0.0', prefixLength: 8, family: 'ipv4' },
  ]);
});

test('an invalid address is refused, and named when it is one of many', () => {
  const wrong = ['github.com', '10.0.0.0/33', '10.0.0.0/', '10.0.0', '::/129', 'fe80::1%eth0', '1.2.3.4:80'];
  for (const text of [...wrong, 'GitHub', '*']) {
    assert.equal(allowedAddresses().read([`192.0.2.1,${text}`]), undefined, text);
    assert.match(allowedAddresses().advise?.(`192.0.2.1,${text}`) ?? '', new RegExp(RegExp.escape(text)));
  }
  assert.equal(addresses().read(['github']), undefined);
  assert.match(allowedAddresses().advise?.('hooks.example.com') ?? '', /is a name/);
});
