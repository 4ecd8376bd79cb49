import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chaos } from './chaos.ts';
import { startFleet } from './fleet.ts';

test('replicas that are restarted under load, one after the other: GitHub sees no failure', async (t) => {
  await using fleet = await startFleet({ count: 3 });
  const { refused, unanswered, ...figures } = await chaos(fleet, {
    seed: 'mites',
    runs: 25,
    disasters: [['restart'], ['restart'], ['restart'], ['restart'], ['restart']],
    scrapeEveryMs: 300,
    // All through what is in front of the replicas.
    doubled: 0,
  });
  t.diagnostic(JSON.stringify(figures));
  assert.deepEqual({ refused, unanswered }, { refused: 0, unanswered: 0 });
});
