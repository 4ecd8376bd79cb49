import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseDurationMs, parseSizeBytes } from './units.ts';

test('durations are whole numbers with units from largest to smallest', () => {
  const cases: [string, number | undefined][] = [
    ['250ms', 250],
    ['10s', 10_000],
    ['15m', 900_000],
    ['1h30m', 5_400_000],
    ['1d2h3m4s5ms', 93_784_005],
    ['90m', 5_400_000],
    ['0s', 0],
  ];
  for (const [text, ms] of cases) assert.equal(parseDurationMs(text), ms, text);
  const wrong = [
    '',
    '10',
    's',
    '1.5s',
    '-1s',
    '30m1h',
    '1s1s',
    '10 s',
    ' 10s',
    '10S',
    '1h 30m',
    '10sec',
    `${'9'.repeat(17)}s`,
  ];
  for (const text of wrong) assert.equal(parseDurationMs(text), undefined, text);
});

test('a duration is the sum of its parts', () => {
  const part = fc.nat(10_000);
  fc.assert(
    fc.property(part, part, part, part, (h, m, s, ms) => {
      assert.equal(parseDurationMs(`${h}h${m}m${s}s${ms}ms`), ((h * 60 + m) * 60 + s) * 1000 + ms);
    }),
  );
});

test('sizes are a whole number with a unit based on 1024', () => {
  const cases: [string, number | undefined][] = [
    ['0B', 0],
    ['512KiB', 524_288],
    ['25MiB', 26_214_400],
    ['2GiB', 2_147_483_648],
  ];
  for (const [text, bytes] of cases) assert.equal(parseSizeBytes(text), bytes, text);
  for (const text of ['', '25', '25MB', '25M', '1.5GiB', '-1KiB', '1 KiB', '1kib', `${'9'.repeat(16)}B`]) {
    assert.equal(parseSizeBytes(text), undefined, text);
  }
});
