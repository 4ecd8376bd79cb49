import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deliveriesOf } from '../../src/simulator/deliveries.ts';
import { sumOf } from '../samples.ts';
import { DISPATCHES, letPass, openTold, withoutGates, worldOf } from './told-github.ts';

/*
 * Webhooks that no log has any more come back from the lists of runs and jobs: the real process against a simulated GitHub.
 */

const HOUR_MS = 3_600_000;

test('webhooks fail for longer than the log keeps them; lists of runs make the numbers whole', async () => {
  const world = withoutGates(worldOf('long', { spanMs: 100 * HOUR_MS }));
  await using told = await openTold({ world, limits: { pointsPerMinute: 100_000, perHour: 100_000 } });
  await told.service.stop();
  letPass(told.service.folder, Date.now() - world.startMs);
  const all = [...deliveriesOf(world)];
  for (const delivery of all) told.github.log.recordLost(delivery);
  const kept = told.github.log.entries().length;
  assert.ok(kept > 500 && kept < all.length - 200);
  await told.service.start();
  const { samples, faults } = await told.whole([DISPATCHES]);
  assert.deepEqual(faults, []);
  const recovered = (source: string) => sumOf(samples, 'ant_watcher_recovered_deliveries_total', { source });
  // At both ends of the log the time goes on.
  assert.ok(Math.abs(recovered('redelivery') - kept) < kept / 10);
  assert.ok(recovered('api') > 200);
  assert.ok(sumOf(samples, 'ant_watcher_recovery_last_success_timestamp_seconds', { kind: 'listing' }) > 0);
});

test('where no hook may be read, a fifth of the webhooks is lost in silence, and lists of runs make the numbers whole', async () => {
  const world = withoutGates(worldOf('closed'));
  await using told = await openTold({ world, hooks: [] });
  await told.service.stop();
  letPass(told.service.folder, Date.now() - world.startMs);
  await told.service.start();
  let count = 0;
  await told.tell(deliveriesOf(world), () => ++count % 5 === 0);
  const { samples, faults } = await told.whole([DISPATCHES]);
  assert.deepEqual(faults, []);
  assert.equal(sumOf(samples, 'ant_watcher_recovered_deliveries_total', { source: 'redelivery' }), 0);
});
