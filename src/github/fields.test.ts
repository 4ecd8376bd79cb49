import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { EARLIEST_MS, LATEST_MS, timeMsOf } from './fields.ts';

const two = (max: number) => fc.nat(max).map((number) => String(number).padStart(2, '0'));

test('times are what Date.parse makes of them, also impossible ones', () => {
  const times = fc
    .tuple(
      fc.integer({ min: 1990, max: 2110 }),
      ...[two(13), two(32), two(25), two(61), two(61)],
      fc.constantFrom('Z', '.000Z', '.5Z', '.123Z', '+01:00', '-0230'),
    )
    .map(([year, month, day, ...[hour, minute, second, zone]]) => {
      return `${year}-${month}-${day}T${hour}:${minute}:${second}${zone}`;
    });
  fc.assert(
    fc.property(fc.array(times, { minLength: 1, maxLength: 5 }), (texts) => {
      for (const text of texts) {
        const ms = Date.parse(text);
        const isPlausible = ms >= EARLIEST_MS && ms <= LATEST_MS;
        assert.equal(timeMsOf(text), isPlausible ? ms : null, text);
      }
    }),
    { numRuns: 2000 },
  );
});

test('what has another form is no time', () => {
  for (const value of [
    '',
    '2026-11-23',
    '2026-11-23T19:07:30',
    '2026-11-23 19:07:30Z',
    ' 2026-11-23T19:07:30Z',
    5,
    null,
  ])
    assert.equal(timeMsOf(value), null);
});
