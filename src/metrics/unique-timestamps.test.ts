import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { EventSample } from '../domain/event-sample.ts';
import { UniqueTimestamps } from './unique-timestamps.ts';

const SECOND = Date.UTC(2026, 10, 24);

function sample(atMs: number, series = 'a'): EventSample {
  return { metric: 'm', labels: [series], value: 1, atMs };
}

function placed(timestamps: UniqueTimestamps, samples: readonly EventSample[]): number[] {
  const result = timestamps.assign(samples);
  timestamps.keep(result);
  return result.map(({ atMs }) => atMs - SECOND);
}

test('a sample keeps its time unless another of its series has it', () => {
  const timestamps = new UniqueTimestamps();
  assert.deepEqual(
    placed(timestamps, [sample(SECOND + 5), sample(SECOND + 5, 'b'), sample(SECOND + 6)]),
    [5, 5, 6],
  );
  assert.deepEqual(placed(timestamps, [sample(SECOND + 5), sample(SECOND + 5)]), [7, 8]);
});

test('the next free millisecond is in the same second', () => {
  const timestamps = new UniqueTimestamps();
  assert.deepEqual(placed(timestamps, [sample(SECOND + 999), sample(SECOND + 999)]), [999, 0]);
});

test('a sample that was not stored takes no time', () => {
  const timestamps = new UniqueTimestamps();
  timestamps.assign([sample(SECOND)]);
  assert.deepEqual(placed(timestamps, [sample(SECOND)]), [0]);
});

test('a thousand events in one second all have different times', () => {
  const property = fc.property(
    fc.array(fc.nat(999), { minLength: 1, maxLength: 1000 }),
    fc.integer({ min: 1, max: 99 }),
    (digits, size) => {
      const timestamps = new UniqueTimestamps();
      const all: number[] = [];
      for (let from = 0; from < digits.length; from += size) {
        all.push(
          ...placed(
            timestamps,
            digits.slice(from, from + size).map((ms) => sample(SECOND + ms)),
          ),
        );
      }
      assert.equal(new Set(all).size, digits.length);
      assert.ok(all.every((ms) => ms >= 0 && ms < 1000));
    },
  );
  fc.assert(property, { numRuns: 200 });
});

test('memory stays bounded', () => {
  const timestamps = new UniqueTimestamps();
  for (let second = 0; second < 25_000; second += 1) placed(timestamps, [sample(SECOND + second * 1000)]);
  // The first are forgotten, the last are not.
  assert.deepEqual(placed(timestamps, [sample(SECOND)]), [0]);
  assert.deepEqual(placed(timestamps, [sample(SECOND + 24_999_000)]), [24_999_001]);
});
