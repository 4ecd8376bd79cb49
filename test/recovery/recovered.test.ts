import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deliveriesOf, type SimulatedDelivery } from '../../simulator/deliveries.ts';
import type { World } from '../../simulator/world.ts';
import { DISPATCHES } from './lossy-github.ts';
import { aShare, openLosing, rerunWorld } from './recovered.ts';
import { BUDGETS } from './request-budgets.ts';

/*
 * What webhooks lost and GitHub's API returned is shown and pushed like everything else: `/metrics` is the
 * truth, and a real VictoriaMetrics has each event once, with GitHub's own time, while reconciliation asks
 * too; and it costs few requests.
 */

const HOUR_MS = 3_600_000;

test("a fifth of the webhooks is lost; with the hook's log the receiver has every sample, exactly", async (context) => {
  const world = rerunWorld('pushed-log', { runs: 200 });
  await using lossy = await openLosing({ world });
  await lossy.lose(deliveriesOf(world), aShare(world, 0.2));
  await lossy.reconciled();
  await lossy.restart();
  await lossy.fetched();
  const { lost, from } = await lossy.expectRecovered(BUDGETS.lostAndLogged, context);
  assert.ok(lost > 100);
  assert.equal(from('redelivery'), lost);
});

test('where no hook is readable, a fifth of the webhooks is silently lost, and lists of runs complete the numbers', async (context) => {
  const world = rerunWorld('pushed-lists', { runs: 200 });
  await using lossy = await openLosing({ world, hooks: [] });
  await lossy.lose(deliveriesOf(world), aShare(world, 0.2));
  await lossy.reconciled();
  await lossy.restartBehind(world);
  const { lost, from } = await lossy.expectRecovered(BUDGETS.lostInSilence, context, [DISPATCHES]);
  assert.ok(lost > 100);
  assert.deepEqual([from('redelivery'), from('api') > 0], [0, true]);
});

test('an hour of downtime loses nothing permanently', async (context) => {
  const world = rerunWorld('down', { runs: 200, spanMs: 5 * HOUR_MS });
  await using lossy = await openLosing({ world });
  const [before, during, after] = aroundAnHour(world);
  await lossy.send(before);
  await lossy.service.stop();
  await lossy.lose(during, () => true);
  await lossy.service.start();
  await lossy.send(after);
  await lossy.reconciled();
  await lossy.fetched();
  const { lost, from } = await lossy.expectRecovered(BUDGETS.down, context);
  assert.ok(lost > 50);
  assert.equal(from('redelivery'), lost);
  await lossy.passed('hook_log');
});

test('webhooks fail for a day longer than the log keeps them; the log and lists of runs complete the numbers', async (context) => {
  const world = rerunWorld('long', { runs: 150, spanMs: 4 * 24 * HOUR_MS });
  await using lossy = await openLosing({ world });
  const all = [...deliveriesOf(world)];
  await lossy.fail(all);
  const kept = lossy.github.log.entries().length;
  assert.ok(kept > 500 && kept < all.length - 200);
  await lossy.restartBehind(world);
  const { from } = await lossy.expectRecovered(BUDGETS.longerThanTheLog, context, [DISPATCHES]);
  // At both ends of the log time goes on.
  assert.ok(Math.abs(from('redelivery') - kept) < kept / 10);
  assert.ok(from('api') > 200);
  await lossy.passed('listing');
});

/** All deliveries: those before, during and after an hour of the world. */
function aroundAnHour(world: World): [SimulatedDelivery[], SimulatedDelivery[], SimulatedDelivery[]] {
  const fromMs = world.startMs + HOUR_MS;
  const all = [...deliveriesOf(world)];
  return [
    all.filter(({ atMs }) => atMs < fromMs),
    all.filter(({ atMs }) => atMs >= fromMs && atMs < fromMs + HOUR_MS),
    all.filter(({ atMs }) => atMs >= fromMs + HOUR_MS),
  ];
}
