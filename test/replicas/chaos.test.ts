import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chaos } from './chaos.ts';
import { startFleet } from './fleet.ts';

/*
 * Replicas on one database are exact, whatever happens to them and to the database.
 */

test('three replicas of which two are killed, cut connections and a stopped database: all show the truth, and no counter goes back', async (t) => {
  await using fleet = await startFleet({ count: 3 });
  const figures = await chaos(fleet, {
    seed: 'mites',
    runs: 25,
    // Those that are killed first: their deliveries are taken over while the rest happens.
    disasters: [
      ['kill leader'],
      ['kill'],
      ['cut after commit'],
      ['stop database'],
      ['cut all'],
      ['cut after commit'],
    ],
    scrapeEveryMs: 300,
  });
  t.diagnostic(JSON.stringify(figures));
  // Otherwise it would prove nothing.
  const { refused, doubled, scrapes } = figures;
  assert.ok(Math.min(refused, scrapes) > 0 && doubled > 50);
});
