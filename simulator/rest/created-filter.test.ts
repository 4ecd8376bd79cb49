import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCreatedFilter } from './created-filter.ts';

const TIMES = [
  '2026-11-18T23:59:59Z',
  '2026-11-19T00:00:00Z',
  '2026-11-19T12:00:00Z',
  '2026-11-20T00:00:00Z',
];

const CASES: readonly [string, number[]][] = [
  ['>=2026-11-19', [1, 2, 3]],
  ['>2026-11-19', [3]],
  ['<=2026-11-19', [0, 1, 2]],
  ['<2026-11-19', [0]],
  ['2026-11-19', [1, 2]],
  ['2026-11-18..2026-11-19', [0, 1, 2]],
  ['2026-11-19T00:00:00Z..2026-11-19T12:00:00Z', [1, 2]],
  ['2026-11-19T12:00:00Z..*', [2, 3]],
  ['*..2026-11-19T00:00:00Z', [0, 1]],
  ['2026-11-19T14:00:00+02:00', [2]],
  ['>2026-11-19T12:00:00', [3]],
];

for (const [text, expected] of CASES) {
  test(`created=${text}`, () => {
    const matches = readCreatedFilter(text);
    assert.ok(matches);
    assert.deepEqual(
      [...TIMES.keys()].filter((place) => matches(Date.parse(TIMES[place] ?? ''))),
      expected,
    );
  });
}

test('other texts are not filters', () => {
  for (const text of ['', 'soon', '>=', '2026-13-45', '2026-11-19..soon', '>*'])
    assert.equal(readCreatedFilter(text), undefined, text);
});
