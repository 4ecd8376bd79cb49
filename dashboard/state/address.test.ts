import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Address, FILTERS, fixWindow, parseAddress, printAddress, shiftWindow } from './address.ts';

const seconds = fc.integer({ min: 0, max: 4_000_000_000 });
const windows = fc.oneof(
  fc.integer({ min: 1, max: 40_000_000 }).map((lastSeconds) => ({ lastSeconds })),
  fc
    .tuple(seconds, fc.integer({ min: 1, max: 40_000_000 }))
    .map(([from, length]) => ({ from, to: from + length })),
);
const value = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1 }),
  fc.constantFrom('self-hosted,gpu', 'a/b', 'a&b=c', '+', '%', '#', '?', ' ', '"><img onerror=1>'),
);
const filters = fc.record(
  Object.fromEntries(FILTERS.map((name) => [name, fc.uniqueArray(value, { minLength: 1, maxLength: 3 })])),
  { requiredKeys: [], noNullPrototype: true },
);
const own = fc.dictionary(
  fc.stringMatching(/^[a-z][a-z0-9_]{0,9}$/).filter((name) => !['from', 'to', ...FILTERS].includes(name)),
  fc.string({ unit: 'grapheme' }),
  { noNullPrototype: true },
);
const paths = fc.constantFrom('/', '/queues', '/runs/123', '/health-page');
const addresses: fc.Arbitrary<Address> = fc.record(
  { path: paths, window: windows, filters, own },
  { noNullPrototype: true },
);

test('an address that is printed reads as the same again', () => {
  fc.assert(
    fc.property(addresses, (address) => {
      assert.deepEqual(parseAddress(printAddress(address)), address);
    }),
  );
});

test('whatever a link says, it opens, and prints the same from then on', () => {
  fc.assert(
    fc.property(fc.webQueryParameters(), (query) => {
      const printed = printAddress(parseAddress(`/queues?${query}`));
      assert.equal(printAddress(parseAddress(printed)), printed);
    }),
  );
});

test('an address is short and can be read', () => {
  const said = [
    '/queues?label=gpu&from=-7d&sort=-p95',
    '/?repository=acme/web&runs_on=self-hosted,gpu',
    '/jobs?from=2026-11-01T00:00:00Z&to=2026-11-02T00:00:00Z',
  ];
  for (const text of said) assert.equal(decodeURIComponent(printAddress(parseAddress(text))), text);
  assert.equal(printAddress(parseAddress('/queues?from=-24h')), '/queues');
  assert.equal(printAddress(parseAddress('/queues?from=soon&to=never&label=')), '/queues');
  assert.equal(printAddress(parseAddress('/queues?from=-48h')), '/queues?from=-2d');
});

test('a window goes back by its own length, and forward only to now', () => {
  const now = 1_000_000;
  const before = shiftWindow({ lastSeconds: 600 }, -1, now, now);
  assert.deepEqual(before, { from: now - 1200, to: now - 600 });
  assert.deepEqual(shiftWindow(before, 1, now, null), { lastSeconds: 600 });
  assert.deepEqual(fixWindow({ lastSeconds: 600 }, now), { from: now - 600, to: now });
});

test('the way back from an earlier window ends in a window up to now, however long somebody looked at it', () => {
  const left = 1_000_000;
  const before = shiftWindow({ lastSeconds: 600 }, -1, left, left);
  const now = left + 300;
  const earlier = shiftWindow(before, -1, now, left);
  assert.deepEqual(earlier, { from: left - 1800, to: left - 1200 });
  assert.deepEqual(shiftWindow(earlier, 1, now, left), before);
  assert.deepEqual(shiftWindow(before, 1, now, left), { lastSeconds: 600 });
  const chosen = { from: left - 1300, to: left - 700 };
  assert.deepEqual(shiftWindow(chosen, 1, now, left), { from: left - 700, to: left - 100 });
});
