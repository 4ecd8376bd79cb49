import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { EventSample } from '../domain/event-sample.ts';
import { packSamples, unpackSamples } from './packed-sample.ts';
import { SampleUnpacking } from './sample-unpacking.ts';

const text = fc.oneof(
  fc.constantFrom(
    '',
    '\\',
    '"',
    '"]',
    '"],',
    '\\"],1,2],["',
    ']]',
    '[["',
    'a"],1,2],["m",["b',
    '\ud800',
    '🐜',
  ),
  fc.string({ unit: 'binary', maxLength: 8 }),
);
const number = fc.oneof(
  fc.constantFrom(0, -0, 7, 10, 999_999_999_999_999, 1e15, 2 ** 53, 1e21, 1.5, -3, 1e-7),
  fc.maxSafeInteger(),
  fc.double(),
);
const sample: fc.Arbitrary<EventSample> = fc.record({
  metric: fc.oneof(fc.constantFrom('m', 'n'), text),
  labels: fc.array(text, { maxLength: 4 }),
  value: number,
  atMs: fc.oneof(fc.nat(), number),
});

/** What it answers, or that it finds damage. */
function resultOf(unpack: () => EventSample[]): unknown {
  try {
    return unpack();
  } catch (error) {
    return (error as { code?: string }).code ?? error;
  }
}

test('blocks are unpacked as if each was parsed, whatever is in them', () => {
  fc.assert(
    fc.property(fc.array(fc.array(sample, { maxLength: 5 }), { maxLength: 4 }), (blocks) => {
      const unpacking = new SampleUnpacking();
      for (const block of [...blocks, ...blocks].map(packSamples))
        assert.deepEqual(unpacking.unpack(block), unpackSamples(block));
    }),
    { numRuns: 500 },
  );
});

test('damage is found as if it was parsed', () => {
  const cut = fc.tuple(
    fc.nat(),
    fc.nat(3),
    fc.constantFrom('', '"', ']', ',', '[', '0', '\\', 'x', 'e1', ' '),
  );
  fc.assert(
    fc.property(fc.array(sample, { minLength: 1, maxLength: 3 }), cut, (block, [at, length, put]) => {
      const whole = packSamples(block);
      const start = at % (whole.length + 1);
      const damaged = whole.slice(0, start) + put + whole.slice(start + length);
      const unpacking = new SampleUnpacking();
      unpacking.unpack(whole);
      assert.deepEqual(
        resultOf(() => unpacking.unpack(damaged)),
        resultOf(() => unpackSamples(damaged)),
      );
    }),
    { numRuns: 2000 },
  );
});

test('samples of one series share the list of its labels, also in different blocks', () => {
  const unpacking = new SampleUnpacking();
  const blockOf = (...values: number[]) =>
    packSamples(values.map((value) => ({ metric: 'm', labels: ['a', 'b"]'], value, atMs: value })));
  const [first, second, third] = [...unpacking.unpack(blockOf(1, 2)), ...unpacking.unpack(blockOf(3))];
  assert.equal(second?.labels, first?.labels);
  assert.equal(third?.labels, first?.labels);
  const [other] = unpacking.unpack(packSamples([{ metric: 'n', labels: ['a', 'b"]'], value: 1, atMs: 1 }]));
  assert.notEqual(other?.labels, first?.labels);
});

test('it does not remember more and more', () => {
  const unpacking = new SampleUnpacking();
  const unpack = (name: string) =>
    unpacking.unpack(packSamples([{ metric: 'm', labels: [name], value: 1, atMs: 1 }]))[0];
  const first = unpack('first');
  assert.equal(unpack('first')?.labels, first?.labels);
  for (let number = 0; number < 20; number += 1) unpack(`${number}${'x'.repeat(100_000)}`);
  assert.notEqual(unpack('first')?.labels, first?.labels);
  assert.deepEqual(unpack('first'), first);
});
