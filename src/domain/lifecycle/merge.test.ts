import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Dated, filled, supersedes } from './merge.ts';

test('a later status replaces an earlier one, even when its event is older', () => {
  const running = { status: 'in_progress', statusAtMs: 2000 } as const;
  const queued = { status: 'queued', statusAtMs: 3000 } as const;
  const completed = { status: 'completed', statusAtMs: 1000 } as const;
  assert.ok(supersedes<Dated>(completed, running));
  assert.ok(supersedes<Dated>(running, queued));
  assert.ok(!supersedes<Dated>(queued, running));
});

test('only missing values are filled (nulls and empty lists), and never with emptier ones', () => {
  const known = { runsOn: ['linux'], headSha: null, conclusion: 'success' };
  const other = { runsOn: [], headSha: 'abc', conclusion: 'failure' };
  const both = { runsOn: ['linux'], headSha: 'abc', conclusion: 'success' };
  assert.deepEqual(filled<object>(known, other), both);
  assert.deepEqual(filled<object>({ ...other, conclusion: 'success' }, known), both);
});
