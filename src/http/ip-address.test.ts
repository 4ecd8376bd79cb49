import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readAddress } from './ip-address.ts';

/** How browsers write it: an independent reading. */
function expandedByUrl(address: string): number[] {
  const spelled = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = '', tail] = spelled.split('::');
  const numbers = (part: string) =>
    part === '' ? [] : part.split(':').map((each) => Number.parseInt(each, 16));
  if (tail === undefined) return numbers(head);
  const [left, right] = [numbers(head), numbers(tail)];
  return [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right];
}

test('hosts in one /64 share a network, and others do not', () => {
  fc.assert(
    fc.property(fc.ipV6(), fc.ipV6(), (one, other) => {
      const groups = [one, other].map(expandedByUrl);
      const isMapped = groups.some((each) => each.slice(0, 6).join() === '0,0,0,0,0,65535');
      fc.pre(!isMapped);
      const isSame = groups[0]?.slice(0, 4).join() === groups[1]?.slice(0, 4).join();
      assert.equal(readAddress(one)?.network === readAddress(other)?.network, isSame);
      const hosts = groups[0]?.slice(0, 4).map((each) => each.toString(16));
      assert.equal(readAddress(`${hosts?.join(':')}:1:2:3:4`)?.network, readAddress(one)?.network);
    }),
  );
});

test('an IPv4 address is the same in IPv6 form, however that is written', () => {
  fc.assert(
    fc.property(fc.ipV4(), (address) => {
      const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
      const hex = `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
      const expected = { address, network: address };
      for (const form of [
        address,
        `::ffff:${address}`,
        `::FFFF:${hex}`,
        `0:0:0:0:0:ffff:${hex}`,
        `::ffff:${address}%eth0`,
      ])
        assert.deepEqual(readAddress(form), expected, form);
    }),
  );
});

test('a zone is not part of an address', () => {
  assert.deepEqual(readAddress('fe80::1%eth0'), { address: 'fe80::1', network: 'fe80:0:0:0::/64' });
  assert.deepEqual(readAddress('FE80::1'), readAddress('fe80::1%2'));
});

test('an invalid address is null', () => {
  for (const text of [
    '',
    ' ',
    '1.2.3',
    '01.2.3.4',
    '1.2.3.4 ',
    '1.2.3.4%e',
    '1.2.3.4:5',
    '[::1]',
    ':::',
    'x',
  ])
    assert.equal(readAddress(text), null, text);
  fc.assert(fc.property(fc.string(), (text) => void readAddress(text)));
});
