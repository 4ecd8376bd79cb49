import assert from 'node:assert/strict';
import { test } from 'node:test';
import { differencesIn, type Reading } from '../../scripts/demo/comparison.ts';

/* What `npm run demo -- --replicas 3` calls a difference. */

const TRUTH = { deliveries: 100, endedJobs: 40 };
const WHOLE: Reading = { ...TRUTH, waiting: 0, counters: 'a 1' };
const differences = (...readings: (Reading | null)[]) => differencesIn(readings, TRUTH);

test('replicas that show the truth, and one that is dead, do not differ', () => {
  assert.equal(differences(WHOLE, null, WHOLE), 0);
});

test('each replica with too few or too many is a difference', () => {
  for (const wrong of [{ deliveries: 99 }, { deliveries: 101 }, { endedJobs: 39 }, { endedJobs: 41 }])
    assert.equal(differences(WHOLE, { ...WHOLE, ...wrong }, WHOLE), 1);
  const lost = { ...WHOLE, deliveries: 99 };
  assert.equal(differences(lost, lost, lost), 3);
});

test('any other counter that is not the same is a difference', () => {
  assert.equal(differences(WHOLE, WHOLE, { ...WHOLE, counters: 'a 2' }), 1);
});

test('not more ended jobs may be missing than deliveries wait, and none may be too many', () => {
  const late = { ...WHOLE, waiting: 3, counters: 'another' };
  assert.equal(differences({ ...late, endedJobs: 37 }, WHOLE), 0);
  assert.equal(differences({ ...late, endedJobs: 36 }, WHOLE), 1);
  assert.equal(differences({ ...late, endedJobs: 41 }, WHOLE), 1);
});
