import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addressRanges, readRange } from './address-ranges.ts';
import { clientOf } from './client-address.ts';
import { readAddress } from './ip-address.ts';

const TRUSTED = addressRanges(
  ['10.0.0.0/8', 'fd00::/8', '::1'].map(readRange).filter((each) => each !== null),
);
const PROXY = peer('10.0.0.1');

function peer(text: string) {
  const client = readAddress(text);
  assert.ok(client);
  return client;
}

function addressOf(forwarded: string | undefined, from = PROXY): string | null {
  return clientOf(from, forwarded, TRUSTED)?.address ?? null;
}

const trusted = fc.oneof(
  fc.nat(255).map((last) => `10.1.2.${last}`),
  fc.constantFrom('fd00::7', '::1', '::ffff:10.1.1.1'),
);
const stranger = fc.oneof(
  fc.ipV4().filter((address) => !address.startsWith('10.')),
  fc.nat(0xffff).map((last) => `2001:db8::${last.toString(16)}`),
);
const comma = fc.constantFrom(',', ', ', ' ,', ',,', ' , , ');
/** As proxies write an address. */
const spelled = (address: fc.Arbitrary<string>) =>
  fc.tuple(address, fc.constantFrom('', ':443', '[]')).map(([text, form]) => {
    if (form === '') return text;
    const inBrackets = text.includes(':') ? `[${text}]` : text;
    return form === '[]' ? inBrackets : inBrackets + form;
  });
/** What attackers may write themselves: anything a header can hold. */
const hearsay = fc.oneof(
  fc.string({ unit: 'binary-ascii', maxLength: 60 }),
  fc.array(fc.oneof(trusted, stranger), { maxLength: 30 }).map((all) => all.join(', ')),
);

test('whatever a client writes into X-Forwarded-For, its address is the one seen by the nearest trusted proxy', () => {
  const proxies = fc.array(spelled(trusted), { maxLength: 5 });
  fc.assert(
    fc.property(
      hearsay,
      comma,
      spelled(stranger),
      proxies,
      comma,
      (spoofed, between, client, chain, joint) => {
        const forwarded = [spoofed + between + client, ...chain].join(joint);
        const [, bare] = /^\[?([^\]]*?)\]?(?::443)?$/.exec(client) ?? [];
        assert.equal(addressOf(forwarded), readAddress(bare ?? '')?.address);
      },
    ),
    { numRuns: 500 },
  );
});

test('only a trusted proxy is believed', () => {
  fc.assert(
    fc.property(stranger, hearsay, (from, forwarded) => {
      assert.equal(addressOf(forwarded, peer(from)), peer(from).address);
      assert.equal(clientOf(PROXY, forwarded, addressRanges([])), PROXY);
    }),
  );
});

test('without any other address, the proxy itself is the client', () => {
  for (const forwarded of [undefined, '', ' ', ',', ' , ,']) assert.equal(addressOf(forwarded), '10.0.0.1');
});

test('if all addresses are trusted proxies, the farthest is the client', () => {
  assert.equal(addressOf('10.0.0.9, 10.0.0.8, fd00::1'), '10.0.0.9');
});

test('an invalid address from a trusted proxy makes the client unknown', () => {
  for (const garbage of [
    'unknown',
    '_hidden',
    '1.2.3',
    '1.2.3.4:x',
    '[::1',
    '::1]:5',
    '1.2.3.4:123456',
    '"::1"',
  ])
    assert.equal(addressOf(`198.51.100.1, ${garbage}, 10.0.0.2`), null, garbage);
});

test('an overlong chain makes the client unknown, and costs no more than a short one', () => {
  assert.equal(addressOf(Array(5000).fill('10.0.0.2').join()), null);
  assert.equal(addressOf(`198.51.100.1,${Array(17).fill('10.0.0.2').join()}`), null);
  assert.equal(addressOf(`198.51.100.1,${Array(16).fill('10.0.0.2').join()}`), '198.51.100.1');
});
