import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { deliveriesOf } from '../../src/simulator/deliveries.ts';
import { createRandom } from '../../src/simulator/random.ts';
import { sumOf } from '../samples.ts';
import { openTold, withoutGates, worldOf } from './told-github.ts';

/*
 * Lost webhooks come back from the log of deliveries: the real process against a simulated GitHub.
 */

const LOOK_EVERY_MS = 50;

for (const hook of ['app', 'organization', 'repository'] as const) {
  test(`a fifth of the webhooks is lost; the log of the hook (${hook}) makes the numbers whole`, async () => {
    // Where a list may be read before the log, it must not matter.
    const whole = worldOf(`lossy-${hook}`);
    const world = hook === 'app' ? whole : withoutGates(whole);
    await using told = await openTold({ world, hooks: [hook], token: hook !== 'app' });
    const random = createRandom('losses');
    // A hook is told of no dispatch, and of no other owner's repositories.
    const { lost } = await told.tell(
      deliveriesOf(world),
      ({ event, repository }) =>
        random.chance(0.2) &&
        (hook === 'app' || event !== 'workflow_dispatch') &&
        (hook !== 'organization' || repository.owner.type === 'Organization'),
    );
    const { samples, faults } = await told.whole();
    assert.deepEqual(faults, []);
    assert.ok(lost > 100);
    const recovered = (source: string) =>
      sumOf(samples, 'ant_watcher_recovered_deliveries_total', { source });
    assert.equal(recovered('redelivery'), lost);
  });
}

test('while the service is down for an hour of the world nothing is lost for good', async () => {
  const world = worldOf('down');
  await using told = await openTold({ world });
  const all = [...deliveriesOf(world)];
  const downFromMs = world.endMs - 4 * 3_600_000;
  const [before, during, after] = [0, 1, 2].map((part) =>
    all.filter(({ atMs }) => Math.min(2, Math.max(0, Math.ceil((atMs - downFromMs) / 3_600_000))) === part),
  );
  await told.tell(before ?? []);
  await told.service.stop();
  const { lost } = await told.tell(during ?? [], () => true);
  await told.service.start();
  await told.tell(after ?? []);
  const { samples, faults } = await told.whole();
  assert.deepEqual(faults, []);
  assert.ok(lost > 50);
  assert.equal(sumOf(samples, 'ant_watcher_recovered_deliveries_total', { source: 'redelivery' }), lost);
  // The numbers are whole before the pass has come to its end.
  const name = 'ant_watcher_recovery_last_success_timestamp_seconds';
  while (sumOf(await told.service.metrics(), name, { kind: 'hook_log' }) === 0) await sleep(LOOK_EVERY_MS);
});
