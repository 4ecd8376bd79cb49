import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addressRanges, readRange } from './address-ranges.ts';
import { readAddress } from './ip-address.ts';

function numberOf(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

const ipv4Range = fc.record({ base: fc.ipV4(), bits: fc.integer({ min: 0, max: 32 }) });

test('an IPv4 address is in a range exactly if its first bits are those of the range', () => {
  const near = fc.tuple(ipv4Range, fc.nat(31), fc.ipV4()).map(([range, bit, other]) => {
    const flipped = (numberOf(range.base) ^ (1 << bit)) >>> 0;
    const address = [24, 16, 8, 0].map((shift) => (flipped >>> shift) & 255).join('.');
    return { range, addresses: [address, other, range.base] };
  });
  fc.assert(
    fc.property(near, ({ range: { base, bits }, addresses }) => {
      const range = readRange(`${base}/${bits}`);
      const mapped = readRange(`::ffff:${base}/${bits + 96}`);
      assert.ok(range !== null);
      assert.deepEqual(mapped, range);
      const size = 2 ** (32 - bits);
      for (const address of addresses) {
        const isIn = Math.floor(numberOf(address) / size) === Math.floor(numberOf(base) / size);
        assert.equal(addressRanges([range]).has(address), isIn, `${address} in ${base}/${bits}`);
        const inIpv6 = readAddress(`::ffff:${address}`)?.address ?? '';
        assert.equal(addressRanges([range]).has(inIpv6), isIn);
      }
    }),
  );
});

test('an IPv6 range contains its own addresses, and no IPv4 address', () => {
  const everything = addressRanges([readRange('::/0')].filter((each) => each !== null));
  assert.equal(everything.has('2001:db8::1'), true);
  assert.equal(everything.has('192.0.2.1'), false);
  const some = addressRanges([readRange('2001:db8:5::9/48')].filter((each) => each !== null));
  for (const [address, isIn] of [
    ['2001:db8:5::', true],
    ['2001:db8:5:ffff::1', true],
    ['2001:db8:6::', false],
    ['2001:db8:4:ffff::', false],
  ] as const)
    assert.equal(some.has(address), isIn, address);
});

test('an address may be in any of several ranges, and an empty list contains none', () => {
  const ranges = ['192.0.2.1', '2001:db8::1', '10.0.0.0/8'].map(readRange).filter((each) => each !== null);
  const { has, size } = addressRanges(ranges);
  assert.equal(size, 3);
  assert.deepEqual(['192.0.2.1', '192.0.2.2', '10.9.9.9', '2001:db8::1', '2001:db8::2'].map(has), [
    ...[true, false, true, true, false],
  ]);
  assert.equal(addressRanges([]).has('127.0.0.1'), false);
});

test('an invalid range is null', () => {
  for (const text of [
    '',
    '/8',
    '10.0.0.0/',
    '10.0.0.0/08',
    '10.0.0.0/-1',
    '10.0.0.0/33',
    '::/129',
    '::ffff:1.2.3.4/90',
  ])
    assert.equal(readRange(text), null, text);
  for (const text of ['1.2.3.4/8/8', 'fe80::1%e/64', '10.0.0.0 /8', 'x/8'])
    assert.equal(readRange(text), null, text);
});
