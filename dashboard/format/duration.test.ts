import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDuration, formatTick } from './duration.ts';

const SAID: readonly (readonly [number | null, string])[] = [
  [null, '–'],
  [Number.NaN, '–'],
  [0, '0 s'],
  [0.2, '<1 s'],
  [42, '42 s'],
  [59.6, '1 min 00 s'],
  [245, '4 min 05 s'],
  [3599.7, '1 h 00 min'],
  [3840, '1 h 04 min'],
  [86_399, '1 d 00 h'],
  [86_400 * 3 + 4 * 3600, '3 d 04 h'],
  [-90, '−1 min 30 s'],
];

test('durations have two units at most, and never 60 of one', () => {
  for (const [seconds, text] of SAID) assert.equal(formatDuration(seconds), text);
});

test('a tick has one unit where that is exact', () => {
  assert.deepEqual([60, 90, 3600, 5400, 86_400].map(formatTick), [
    '1 min',
    '1 min 30 s',
    '1 h',
    '1 h 30 min',
    '1 d',
  ]);
});
