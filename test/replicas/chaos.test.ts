import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chaos } from './chaos.ts';
import { startFleet } from './fleet.ts';

/*
 * Replicas on one database are exact, whatever happens to them and to the database.
 */

test('three replicas, two killed, their connections cut, the database stopped: all show the truth, and no counter goes back', async (t) => {
  await using fleet = await startFleet({ count: 3 });
  const figures = await chaos(fleet, {
    seed: 'mites',
    runs: 60,
    disasters: ['kill leader', 'cut after commit', 'stop database', 'kill', 'cut all', 'cut after commit'],
    scrapeEveryMs: 300,
  });
  t.diagnostic(JSON.stringify(figures));
  // Otherwise it would prove nothing.
  assert.ok(figures.refused > 0 && figures.unanswered > 0 && figures.doubled > 100);
});
