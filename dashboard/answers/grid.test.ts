import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gridOf, onGrid } from './grid.ts';

test('every step of the window is on the grid, from the one in which it begins', () => {
  const window = { from: '2026-11-29T04:07:00Z', to: '2026-11-29T04:21:00Z', step: '5m' } as const;
  const grid = gridOf(window);
  assert.deepEqual(
    grid.map((seconds) => new Date(seconds * 1000).toISOString().slice(11, 16)),
    ['04:05', '04:10', '04:15', '04:20'],
  );
  const points = [
    ['2026-11-29T04:10:00Z', 3, 70],
    ['2026-11-29T04:20:00.000Z', 1, 0],
  ] as const;
  assert.deepEqual(onGrid(grid, points, 1, 0), [0, 3, 0, 1]);
  assert.deepEqual(onGrid(grid, points, 2, null), [null, 70, null, 0]);
  assert.deepEqual(gridOf({ ...window, step: null }), []);
});
