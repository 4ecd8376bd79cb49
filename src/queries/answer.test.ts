import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changeOf, windowBefore } from './answer.ts';

test('the window before is as long, and there is none where less is kept', async () => {
  const window = { fromMs: 1000, toMs: 1400 };
  const beginning = (ms: number | null) => ({ beginsAtMs: async () => ms });
  assert.deepEqual(await windowBefore(beginning(600), window), { fromMs: 600, toMs: 1000 });
  assert.equal(await windowBefore(beginning(601), window), null);
  assert.equal(await windowBefore(beginning(null), window), null);
});

test('a change is absolute and relative, where there is something to compare with', () => {
  assert.deepEqual(changeOf(15, 10), { absolute: 5, ratio: 0.5 });
  assert.deepEqual(changeOf(15, 0), { absolute: 15, ratio: null });
  assert.equal(changeOf(null, 3), null);
  assert.equal(changeOf(3, null), null);
});
