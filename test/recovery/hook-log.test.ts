import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deliveriesOf } from '../../simulator/deliveries.ts';
import { createRandom } from '../../simulator/random.ts';
import { openLossyGitHub, withoutGates, worldOf } from './lossy-github.ts';
import { AMPLE } from './recovered.ts';

/*
 * Lost webhooks come back from the log of deliveries: the real process against a simulated GitHub.
 */

for (const hook of ['app', 'organization', 'repository'] as const) {
  test(`a fifth of the webhooks is lost; the log of the hook (${hook}) completes the numbers`, async () => {
    // Even if a list is read before the log, the result must be the same.
    const whole = worldOf(`lossy-${hook}`);
    const world = hook === 'app' ? whole : withoutGates(whole);
    await using lossy = await openLossyGitHub({ world, hooks: [hook], token: hook !== 'app', limits: AMPLE });
    const random = createRandom('losses');
    // A hook gets no dispatches, and no events of other owners' repositories.
    const { lost } = await lossy.send(
      deliveriesOf(world),
      ({ event, repository }) =>
        random.chance(0.2) &&
        (hook === 'app' || event !== 'workflow_dispatch') &&
        (hook !== 'organization' || repository.owner.type === 'Organization'),
    );
    assert.ok(lost > 100);
    await lossy.returned(lost);
    const { faults } = await lossy.whole();
    assert.deepEqual(faults, []);
  });
}
